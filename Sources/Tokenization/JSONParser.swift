internal import VectorCore

/// A value of a JSON text, with strings as the bytes that stand there.
///
/// A vocabulary can hold two tokens that differ only in their Unicode normalization. Swift's
/// strings, and so its JSON decoder's dictionaries, take these for one; bytes do not.
indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string([UInt8])
  case array([JSONValue])
  case object([JSONMember])
}

/// A name with its value.
struct JSONMember: Sendable, Equatable {
  var name: [UInt8]
  var value: JSONValue
  /// The line of the name, from 1.
  var line: Int
}

/// Reads JSON as RFC 8259 defines it.
struct JSONParser {
  private let path: String
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var depth = 0

  /// Nesting beyond this is refused, so that a file cannot exhaust the stack.
  private static let deepest = 64

  /// Parses a whole text.
  ///
  /// - Parameters:
  ///   - bytes: the text; it must be valid UTF-8.
  ///   - path: the file's name, for errors.
  /// - Returns: the value.
  /// - Throws: ``FileError`` with the line where the text is no JSON.
  static func parse(_ bytes: [UInt8], path: String) throws(FileError) -> JSONValue {
    var parser = JSONParser(path: path, bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.place = 3 }
    let value = try parser.value()
    parser.skipSpace()
    guard parser.place == bytes.count else { throw parser.error("text after the end of the JSON") }
    return value
  }

  private init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  private func error(_ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "line \(line)",
      reason: place >= bytes.count ? "the JSON ends too early" : reason,
      remedy: "get the file again"
    )
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      if byte == 0x0A { line += 1 }
      place += 1
    }
  }

  private mutating func value() throws(FileError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(
    _ word: StaticString,
    _ value: JSONValue
  ) throws(FileError) -> JSONValue {
    for byte in String(describing: word).utf8 {
      guard next == byte else { throw error("not JSON") }
      place += 1
    }
    return value
  }

  private mutating func enter() throws(FileError) {
    depth += 1
    place += 1
    guard depth <= Self.deepest else { throw error("nested too deeply") }
  }

  /// Whether another item follows: skips the comma or the closing bracket.
  private mutating func continues(isFirst: Bool, to end: UInt8) throws(FileError) -> Bool {
    skipSpace()
    if next == end {
      place += 1
      depth -= 1
      return false
    }
    if isFirst { return true }
    guard next == UInt8(ascii: ",") else { throw error("a comma or a closing bracket is missing") }
    place += 1
    skipSpace()
    return true
  }

  private mutating func members() throws(FileError) -> [JSONMember] {
    try enter()
    var members: [JSONMember] = []
    while try continues(isFirst: members.isEmpty, to: UInt8(ascii: "}")) {
      guard next == UInt8(ascii: "\"") else { throw error("a name in quotes is missing") }
      let line = line
      let name = try string()
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw error("a colon is missing") }
      place += 1
      members.append(JSONMember(name: name, value: try value(), line: line))
    }
    return members
  }

  private mutating func elements() throws(FileError) -> [JSONValue] {
    try enter()
    var elements: [JSONValue] = []
    while try continues(isFirst: elements.isEmpty, to: UInt8(ascii: "]")) {
      elements.append(try value())
    }
    return elements
  }

  private mutating func number() throws(FileError) -> Double {
    let start = place
    while let byte = next,
      byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
        || (byte >= 0x30 && byte <= 0x39)
    {
      place += 1
    }
    let digits = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let first = bytes[start..<place].first, first != UInt8(ascii: "+"),
      first != UInt8(ascii: "."), let number = Double(digits), number.isFinite
    else { throw error("not JSON") }
    return number
  }

  private mutating func string() throws(FileError) -> [UInt8] {
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw error("a control character in a string")
      default: text.append(byte)
      }
    }
    throw error("the JSON ends too early")
  }

  private mutating func escape(into text: inout [UInt8]) throws(FileError) {
    guard let byte = next else { throw error("the JSON ends too early") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var unit = try hexadecimal()
      if (0xD800..<0xDC00).contains(unit), bytes[place...].starts(with: [0x5C, 0x75]) {
        place += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
        unit = 0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard Unicode.Scalar(unit) != nil else { throw error("half of a surrogate pair") }
      text.append(scalar: unit)
    default: throw error("an unknown escape in a string")
    }
  }

  private mutating func hexadecimal() throws(FileError) -> UInt32 {
    guard place + 4 <= bytes.count,
      bytes[place..<place + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw error("an unfinished escape in a string") }
    place += 4
    return unit
  }
}
