internal import VectorCore

/// Files of `torch.save` before PyTorch 1.6: five pickles and the storages one after another.
///
/// The pickles are a mark, the version 1001, the writing machine, the object, and the storages'
/// keys in the order in which their lengths and elements follow.
enum LegacyCheckpoint {
  /// The pickle of the number 0x1950A86A20F9469CFC6C.
  static let magic: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// Lists the tensors of a file that begins with ``magic``.
  ///
  /// - Throws: ``FileError`` for damaged files.
  static func tensors(of file: MappedFile) throws(FileError) -> [StoredTensor] {
    var cursor = FileCursor(file, from: magic.count, to: file.count)
    let start = cursor.offset
    let (version, number) = try PickleMachine.run(&cursor)
    guard case .integer(1001) = version[number] else {
      throw cursor.failure("the version of the format is not 1001", at: start)
    }
    try checkByteOrder(&cursor)
    let dictionary = try StateDictionary(from: &cursor)
    let storages = try storages(
      &cursor,
      elements: Dictionary(
        dictionary.tensors.map { ($0.view.storage.key, $0.view.storage.element) },
        uniquingKeysWith: { first, _ in first }
      )
    )
    return try dictionary.stored(in: file) { (storage) throws(FileError) in
      guard let range = storages[storage.key], range.count / storage.element.size == storage.count
      else {
        throw FileError(
          .badData,
          path: file.path,
          place: "storage \(storage.key)",
          reason: "its \(storage.count) elements do not follow the pickles",
          remedy: "download or save the file again"
        )
      }
      return range
    }
  }

  private static func checkByteOrder(_ cursor: inout FileCursor) throws(FileError) {
    let start = cursor.offset
    let (values, machine) = try PickleMachine.run(&cursor)
    if case .dictionary(let entries) = values[machine] {
      for entry in entries {
        guard case .text("little_endian") = values[entry.key] else { continue }
        if case .boolean(true) = values[entry.value] { return }
      }
    }
    throw cursor.failure(
      "the numbers are not little-endian",
      at: start,
      remedy: "save it on a machine that is"
    )
  }

  /// The bytes of each storage: its number of elements in 8 bytes, then the elements.
  private static func storages(
    _ cursor: inout FileCursor,
    elements: [String: WeightElement]
  ) throws(FileError) -> [String: Range<Int>] {
    let start = cursor.offset
    let (values, result) = try PickleMachine.run(&cursor)
    guard case .list(let keys) = values[result] else {
      throw cursor.failure("the list of storages is missing", at: start)
    }
    var storages: [String: Range<Int>] = [:]
    for key in keys {
      guard case .text(let name) = values[key], let element = elements[name] else {
        throw cursor.failure("a storage that no tensor uses", at: start)
      }
      let place = cursor.offset
      let count = try cursor.count(UInt64.self)
      guard count <= cursor.remaining / element.size else {
        throw cursor.failure("truncated: storage \(name) holds \(count) elements", at: place)
      }
      let data = try cursor.take(count * element.size)
      storages[name] = data..<cursor.offset
    }
    return storages
  }
}
