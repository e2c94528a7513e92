extension JSON {
  /// What is wrong with a text, and at which of its bytes.
  package struct Malformed: Error, Equatable {
    /// The byte, counted from 0.
    package let offset: Int
    /// What is wrong there: "a string has no end".
    package let reason: String

    /// Describes a fault.
    package init(offset: Int, reason: String) {
      self.offset = offset
      self.reason = reason
    }
  }

  /// Reads one value, with nothing but white space around it.
  ///
  /// A byte order mark before it is skipped. Texts and names keep the very bytes that stand there.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8.
  ///   - repairing: whether half a surrogate pair, which no text can hold, becomes U+FFFD.
  ///   - repeatingNames: whether an object may hold a name twice. Python's reader, for which files of
  ///     models are written, allows it.
  /// - Throws: ``Malformed`` for all that RFC 8259 does not allow, for names that occur twice in an
  ///   object, and for more than 256 levels.
  package init(
    parsing bytes: [UInt8],
    repairing: Bool = false,
    repeatingNames: Bool = false
  ) throws(Malformed) {
    var parser = JSONParser(bytes, repairing: repairing, repeatingNames: repeatingNames)
    self = try parser.whole()
  }
}

/// Reads JSON by recursive descent.
private struct JSONParser {
  private let bytes: [UInt8]
  private let repairing: Bool
  private let repeatingNames: Bool
  private var offset = 0

  private static let depthLimit = 256

  init(_ bytes: [UInt8], repairing: Bool, repeatingNames: Bool) {
    self.bytes = bytes
    self.repairing = repairing
    self.repeatingNames = repeatingNames
  }

  private func malformed(_ reason: String, at place: Int? = nil) -> JSON.Malformed {
    JSON.Malformed(offset: place ?? offset, reason: reason)
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  /// Steps over a byte, and the space before it, where it is next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func whole() throws(JSON.Malformed) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    let value = try value(depth: 0)
    skipSpace()
    guard next == nil else { throw malformed("text behind the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSON.Malformed) -> JSON {
    guard depth < Self.depthLimit else {
      throw malformed("more than \(Self.depthLimit) levels")
    }
    skipSpace()
    guard let byte = next else { throw malformed("a value is expected, but the text ends") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .list(try list(depth: depth))
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw malformed("a value is expected")
    }
  }

  private mutating func object(depth: Int) throws(JSON.Malformed) -> [JSONMember] {
    offset += 1
    var members: [JSONMember] = []
    var names: Set<ExactText> = []
    guard !take("}") else { return members }
    repeat {
      skipSpace()
      let start = offset
      guard next == UInt8(ascii: "\"") else { throw malformed("a name in quotes is expected") }
      let name = try text()
      guard repeatingNames || names.insert(ExactText(name)).inserted else {
        throw malformed("the name '\(name)' occurs twice", at: start)
      }
      guard take(":") else { throw malformed("':' is expected") }
      members.append(JSONMember(name, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw malformed("',' or '}' is expected") }
    return members
  }

  private mutating func list(depth: Int) throws(JSON.Malformed) -> [JSON] {
    offset += 1
    var elements: [JSON] = []
    guard !take("]") else { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
    } while take(",")
    guard take("]") else { throw malformed("',' or ']' is expected") }
    return elements
  }

  private mutating func word(
    _ word: String,
    _ value: JSON
  ) throws(JSON.Malformed) -> JSON {
    guard bytes[offset...].starts(with: word.utf8) else { throw malformed("a value is expected") }
    offset += word.utf8.count
    return value
  }

  private mutating func number() throws(JSON.Malformed) -> String {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else {
      throw malformed("a number is malformed", at: start)
    }
    if next == UInt8(ascii: ".") {
      offset += 1
      guard digits() > 0 else { throw malformed("a number is malformed", at: start) }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      guard digits() > 0 else { throw malformed("a number is malformed", at: start) }
    }
    return try part(from: start)
  }

  /// Steps over digits and gives their number.
  private mutating func digits() -> Int {
    let start = offset
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    return offset - start
  }

  /// The bytes up to the current place as a text.
  private func part(from start: Int) throws(JSON.Malformed) -> String {
    do {
      return String(copying: try UTF8Span(validating: bytes.span.extracting(start..<offset)))
    } catch {
      throw malformed("a string is no UTF-8 text", at: start + error.byteOffsets.lowerBound)
    }
  }

  /// Reads a string; the opening quote is next.
  private mutating func text() throws(JSON.Malformed) -> String {
    let opening = offset
    offset += 1
    var result = ""
    while true {
      let start = offset
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
        offset += 1
      }
      let part = try part(from: start)
      switch next {
      case UInt8(ascii: "\""):
        offset += 1
        return result.isEmpty ? part : result + part
      case UInt8(ascii: "\\"):
        result += part
        result.unicodeScalars.append(try escape())
      case nil: throw malformed("a string has no end", at: opening)
      default: throw malformed("a control character in a string")
      }
    }
  }

  /// Reads an escape; the backslash is next.
  private mutating func escape() throws(JSON.Malformed) -> Unicode.Scalar {
    let start = offset
    offset += 1
    let letter = next
    offset += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(from: start)
    default: throw malformed("an unknown escape", at: start)
    }
  }

  private mutating func unicodeEscape(
    from start: Int
  ) throws(JSON.Malformed) -> Unicode.Scalar {
    let unit = try hexadecimal(from: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // Half a pair: the other half must follow.
    let second = offset
    if unit < 0xDC00, bytes[offset...].starts(with: "\\u".utf8) {
      offset += 2
      let low = try hexadecimal(from: second)
      if (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      {
        return scalar
      }
      offset = second
    }
    guard repairing else { throw malformed("half a surrogate pair", at: start) }
    return "\u{FFFD}"
  }

  private mutating func hexadecimal(from start: Int) throws(JSON.Malformed) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("\\u needs four hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}

/// A text that equals others of the same bytes only.
///
/// Swift's strings are equal where Unicode takes them for the same, as é in one scalar and in two;
/// a vocabulary holds both.
private struct ExactText: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
