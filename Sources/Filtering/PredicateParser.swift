/// Reads a condition from left to right, without looking back.
struct PredicateParser {
  private let text: String
  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0

  /// Deeper brackets are a mistake, or an attack on the stack.
  private static let deepest = 100

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// Reads the whole text.
  mutating func whole() throws(PredicateError) -> Predicate.Condition {
    let condition = try condition()
    skipBlanks()
    guard place == bytes.count else { throw error("'and', 'or' or the end is expected") }
    return condition
  }

  private mutating func condition() throws(PredicateError) -> Predicate.Condition {
    var parts = [try term()]
    while take(word: "or") { parts.append(try term()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func term() throws(PredicateError) -> Predicate.Condition {
    var parts = [try factor()]
    while take(word: "and") { parts.append(try factor()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func factor() throws(PredicateError) -> Predicate.Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("more than \(Self.deepest) levels") }
    if take(word: "not") { return .not(try factor()) }
    if take(symbol: "(") {
      let inner = try condition()
      guard take(symbol: ")") else { throw error("')' is expected") }
      return inner
    }
    return try comparison()
  }

  private mutating func comparison() throws(PredicateError) -> Predicate.Condition {
    let column = try column()
    if take(word: "is") {
      let isNegated = take(word: "not")
      guard take(word: "missing") else { throw error("'missing' is expected") }
      return isNegated ? .not(.missing(column: column)) : .missing(column: column)
    }
    let isNegated = take(word: "not")
    if take(word: "in") {
      let members = Predicate.Condition.member(column: column, try list())
      // A row without a value is in no list, and not outside of one either.
      return isNegated ? .not(.any([members, .missing(column: column)])) : members
    }
    guard !isNegated else { throw error("'in' is expected") }
    for comparison in Predicate.Comparison.allCases where take(symbol: comparison.rawValue) {
      return .compare(column: column, comparison, try value())
    }
    throw error("a comparison such as == or in is expected")
  }

  private mutating func list() throws(PredicateError) -> [Predicate.Value] {
    guard take(symbol: "(") else { throw error("'(' is expected") }
    var values = [try value()]
    while take(symbol: ",") { values.append(try value()) }
    guard take(symbol: ")") else { throw error("',' or ')' is expected") }
    return values
  }

  private mutating func column() throws(PredicateError) -> String {
    skipBlanks()
    if let quoted = try quoted(by: UInt8(ascii: "`")) { return quoted }
    let name = word()
    guard let first = name.first, Self.isLetter(first) else {
      throw error("the name of an attribute is expected")
    }
    place += name.count
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func value() throws(PredicateError) -> Predicate.Value {
    skipBlanks()
    for quote in "\"'".utf8 {
      if let text = try quoted(by: quote) { return .text(text) }
    }
    for flag in ["true", "false"] where take(word: flag) { return .text(flag) }
    let digits = bytes[place...].prefix { Self.isNumeral($0) }
    let number = String(decoding: digits, as: UTF8.self)
    if let whole = Int64(number) {
      place += digits.count
      return .integer(whole)
    }
    guard let real = Double(number), real.isFinite else {
      throw error("a number or a text in quotes is expected")
    }
    place += digits.count
    return .real(real)
  }

  /// A text between two of the byte, of which two together stand for one; `nil` where none begins.
  private mutating func quoted(by quote: UInt8) throws(PredicateError) -> String? {
    guard place < bytes.count, bytes[place] == quote else { return nil }
    var next = place + 1
    var content: [UInt8] = []
    while next < bytes.count {
      if bytes[next] == quote {
        guard next + 1 < bytes.count, bytes[next + 1] == quote else {
          place = next + 1
          return String(decoding: content, as: UTF8.self)
        }
        next += 1
      }
      content.append(bytes[next])
      next += 1
    }
    throw error("the text has no end")
  }

  /// The word that begins here, empty where none does.
  private func word() -> ArraySlice<UInt8> {
    bytes[place...].prefix { byte in
      Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "-")
    }
  }

  private mutating func take(word wanted: String) -> Bool {
    skipBlanks()
    guard word().elementsEqual(wanted.utf8) else { return false }
    place += wanted.utf8.count
    return true
  }

  private mutating func take(symbol: String) -> Bool {
    skipBlanks()
    guard bytes[place...].starts(with: symbol.utf8) else { return false }
    place += symbol.utf8.count
    return true
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
  }

  private func error(_ reason: String) -> PredicateError {
    PredicateError(
      "the filter '\(text)' makes no sense at byte \(place + 1): \(reason); "
        + "write year >= 2001 and lang in ('de', 'en')"
    )
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isNumeral(_ byte: UInt8) -> Bool {
    isDigit(byte) || "+-.eE".utf8.contains(byte)
  }
}
