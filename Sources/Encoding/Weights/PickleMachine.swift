internal import VectorCore

/// Runs the pickle of a state dict without executing anything.
///
/// A pickle is a program for a stack machine. This one knows the instructions that PyTorch writes,
/// and imitates the functions of ``PickleGlobal``; whatever else a pickle would import is refused
/// by its name. Values are bounded in number, texts in length.
/// <https://docs.python.org/3/library/pickletools.html>
struct PickleMachine {
  /// All values built so far.
  private(set) var values: [PickleValue] = []
  private var stack: [Int] = []
  /// The heights of the stack at which groups of values begin.
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]
  private var cursor: FileCursor
  /// The byte of the instruction that runs.
  private var place: Int

  /// A state dict takes some twenty values for each tensor.
  private static let valueLimit = 1 << 20
  /// Bounds the stack, the marks and the lists as well.
  private static let instructionLimit = 1 << 22
  /// No tensor, file or function has a longer name.
  private static let textLimit = 1 << 16

  private init(_ cursor: FileCursor) {
    self.cursor = cursor
    place = cursor.offset
  }

  /// Runs a pickle up to its end, and moves the cursor there.
  ///
  /// - Returns: all values, and the place of the result among them.
  /// - Throws: ``FileError`` for pickles that are damaged or would call other functions.
  static func run(
    _ cursor: inout FileCursor
  ) throws(FileError) -> (values: [PickleValue], result: Int) {
    var machine = PickleMachine(cursor)
    for _ in 0..<instructionLimit {
      machine.place = machine.cursor.offset
      let opcode = try machine.cursor.number(UInt8.self)
      if opcode == PickleOpcode.stop.rawValue {
        cursor = machine.cursor
        return (machine.values, try machine.pop())
      }
      guard let instruction = PickleOpcode(rawValue: opcode) else {
        throw machine.failure("instruction \(opcode) is none of those that state dicts use")
      }
      try machine.execute(instruction)
    }
    throw machine.failure("more than \(instructionLimit) instructions: this is no state dict")
  }

  private mutating func execute(_ instruction: PickleOpcode) throws(FileError) {
    switch instruction {
    case .proto: _ = try cursor.number(UInt8.self)
    case .frame: try cursor.take(8)
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popGroup()
    case .none: try push(.none)
    case .true: try push(.boolean(true))
    case .false: try push(.boolean(false))
    case .integer8: try push(.integer(Int(try cursor.number(UInt8.self))))
    case .integer16: try push(.integer(Int(try cursor.number(UInt16.self))))
    case .integer32: try push(.integer(Int(try cursor.number(Int32.self))))
    case .long1: try pushLong(Int(try cursor.number(UInt8.self)))
    case .float:
      try cursor.take(8)
      try push(.other)
    case .string8, .unicode8: try pushText(Int(try cursor.number(UInt8.self)))
    case .string32, .unicode32: try pushText(try cursor.count(UInt32.self))
    case .unicode64: try pushText(try cursor.count(UInt64.self))
    case .bytes8:
      try cursor.take(Int(try cursor.number(UInt8.self)))
      try push(.other)
    case .bytes32:
      try cursor.take(try cursor.count(UInt32.self))
      try push(.other)
    default: try build(instruction)
    }
  }

  /// The instructions that put values together.
  private mutating func build(_ instruction: PickleOpcode) throws(FileError) {
    switch instruction {
    case .emptyTuple: try push(.tuple([]))
    case .tuple1: try pushTuple(of: 1)
    case .tuple2: try pushTuple(of: 2)
    case .tuple3: try pushTuple(of: 3)
    case .tuple: try push(.tuple(try popGroup()))
    case .emptyList: try push(.list([]))
    case .append: try append([try pop()])
    case .appends: try append(try popGroup())
    case .emptyDictionary: try push(.dictionary([]))
    case .setItem:
      let value = try pop()
      try insert([try pop(), value])
    case .setItems: try insert(try popGroup())
    case .put8: memo[Int(try cursor.number(UInt8.self))] = try top()
    case .put32: memo[try cursor.count(UInt32.self)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get8: try recall(Int(try cursor.number(UInt8.self)))
    case .get32: try recall(try cursor.count(UInt32.self))
    case .global, .instance:
      // An instance is a call at once; state dicts have none, so that its name alone matters.
      let module = try cursor.line(limit: Self.textLimit)
      try pushGlobal(module, try cursor.line(limit: Self.textLimit))
    case .stackGlobal:
      let name = try pop()
      guard case .text(let module) = values[try pop()], case .text(let name) = values[name] else {
        throw failure("a function's name is no text")
      }
      try pushGlobal(module, name)
    case .reduce:
      let arguments = try pop()
      try call(try pop(), arguments)
    case .setState:
      // What Python would set on a dictionary or a parameter is notes on versions.
      _ = try pop()
    case .persistentID: try pushStorage(try pop())
    default: throw failure("instruction \(instruction.rawValue) has no meaning here")
    }
  }

  // MARK: - Functions

  private mutating func pushGlobal(_ module: String, _ name: String) throws(FileError) {
    guard let global = PickleGlobal("\(module).\(name)") else {
      throw failure(
        "the pickle names \(module).\(name), which is not needed to read weights and could run "
          + "any code: refused",
        remedy: "use weights in model.safetensors, or a file saved from a plain state_dict()"
      )
    }
    try push(.global(global))
  }

  private mutating func call(_ function: Int, _ arguments: Int) throws(FileError) {
    guard case .global(let global) = values[function],
      case .tuple(let arguments) = values[arguments]
    else { throw failure("something that is no function is called") }
    switch global {
    case .orderedDictionary:
      guard arguments.isEmpty else { throw failure("OrderedDict is called with arguments") }
      try push(.dictionary([]))
    case .rebuildTensor: try push(.tensor(try tensor(arguments)))
    case .rebuildParameter:
      guard let first = arguments.first, case .tensor(let tensor) = values[first] else {
        throw failure("a parameter without a tensor")
      }
      try push(.tensor(tensor))
    case .storage: throw failure("the type of a storage is called")
    }
  }

  private func tensor(_ arguments: [Int]) throws(FileError) -> PickleValue.Tensor {
    guard arguments.count >= 4, case .storage(let storage) = values[arguments[0]],
      case .integer(let offset) = values[arguments[1]], offset >= 0,
      let shape = sizes(arguments[2]), let strides = sizes(arguments[3]),
      shape.count == strides.count
    else { throw failure("a tensor is built from something else than storage, offset and shape") }
    return PickleValue.Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  private func sizes(_ place: Int) -> [Int]? {
    guard case .tuple(let items) = values[place] else { return nil }
    var sizes: [Int] = []
    for item in items {
      guard case .integer(let size) = values[item], size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// A storage's persistent id: `("storage", type, key, device, count)`.
  private mutating func pushStorage(_ identifier: Int) throws(FileError) {
    guard case .tuple(let items) = values[identifier], items.count >= 5,
      case .text("storage") = values[items[0]],
      case .global(.storage(let element)) = values[items[1]],
      case .text(let key) = values[items[2]],
      case .integer(let count) = values[items[4]], count >= 0
    else { throw failure("a persistent id that describes no storage") }
    try push(.storage(PickleValue.Storage(key: key, element: element, count: count)))
  }

  // MARK: - Stack

  private mutating func push(_ value: PickleValue) throws(FileError) {
    guard values.count < Self.valueLimit else {
      throw failure("more than \(Self.valueLimit) values: this is no state dict")
    }
    stack.append(values.count)
    values.append(value)
  }

  private mutating func pushText(_ length: Int) throws(FileError) {
    guard length <= Self.textLimit else { throw failure("a text of \(length) bytes is no name") }
    try push(.text(try cursor.text(length)))
  }

  /// A signed number of `count` bytes.
  private mutating func pushLong(_ count: Int) throws(FileError) {
    guard count <= 8 else {
      try cursor.take(count)
      return try push(.other)
    }
    var value: UInt64 = 0
    var sign: UInt64 = 0
    for index in 0..<count {
      let byte = UInt64(try cursor.number(UInt8.self))
      value |= byte << (8 * UInt64(index))
      sign = byte & 0x80 != 0 ? ~0 : 0
    }
    if count < 8 { value |= sign << (8 * UInt64(count)) }
    try push(.integer(Int(truncatingIfNeeded: value)))
  }

  private mutating func pushTuple(of count: Int) throws(FileError) {
    var items: [Int] = []
    for _ in 0..<count { items.append(try pop()) }
    try push(.tuple(items.reversed()))
  }

  private mutating func append(_ items: [Int]) throws(FileError) {
    let list = try top()
    guard case .list(var all) = values[list] else { throw failure("no list to append to") }
    // Without the second reference the array grows in place.
    values[list] = .none
    all.append(contentsOf: items)
    values[list] = .list(all)
  }

  private mutating func insert(_ items: [Int]) throws(FileError) {
    let dictionary = try top()
    guard case .dictionary(var all) = values[dictionary], items.count.isMultiple(of: 2) else {
      throw failure("no dictionary to set keys of")
    }
    values[dictionary] = .none
    for index in stride(from: 0, to: items.count, by: 2) {
      all.append(PickleValue.Entry(key: items[index], value: items[index + 1]))
    }
    values[dictionary] = .dictionary(all)
  }

  private mutating func recall(_ name: Int) throws(FileError) {
    guard let value = memo[name] else { throw failure("value \(name) was never stored") }
    stack.append(value)
  }

  private func top() throws(FileError) -> Int {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw failure("the stack is empty")
    }
    return value
  }

  private mutating func pop() throws(FileError) -> Int {
    let value = try top()
    stack.removeLast()
    return value
  }

  /// Takes the values since the last mark.
  private mutating func popGroup() throws(FileError) -> [Int] {
    guard let height = marks.popLast() else { throw failure("a group has no beginning") }
    defer { stack.removeSubrange(height...) }
    return Array(stack[height...])
  }

  private func failure(_ reason: String, remedy: String? = nil) -> FileError {
    cursor.failure(reason, at: place, remedy: remedy)
  }
}
