/// GPT-2's division of text into words, by hand instead of by a regular expression.
///
/// The words are the matches of
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, which cover the
/// whole text.
struct ByteLevelWords {
  /// The classes of the expression.
  enum CharacterClass: Sendable {
    case letter
    case number
    case space
    case other
  }

  /// The classes of characters seen so far.
  typealias Memo = ScalarMemo<CharacterClass>

  /// Where the word that begins at a place ends.
  ///
  /// - Parameters:
  ///   - start: a place in the text.
  ///   - text: valid UTF-8.
  ///   - memo: of the calling thread.
  /// - Returns: the end, above `start`.
  static func end(of start: Int, in text: Span<UInt8>, _ memo: inout Memo) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = contraction(at: start, in: text) { return end }
    if first == UInt8(ascii: " "), start + 1 < text.count {
      let (kind, length) = characterClass(at: start + 1, in: text, &memo)
      if kind != .space { return run(of: kind, from: start + 1 + length, in: text, &memo) }
    }
    let (kind, length) = characterClass(at: start, in: text, &memo)
    let end = run(of: kind, from: start + length, in: text, &memo)
    guard kind == .space, end < text.count else { return end }
    // White space before a word leaves its last character to that word, unless it has only one.
    let last = text.startOfScalar(before: end)
    return last > start ? last : end
  }

  private static func run(
    of kind: CharacterClass,
    from start: Int,
    in text: Span<UInt8>,
    _ memo: inout Memo
  ) -> Int {
    var place = start
    while place < text.count {
      let (next, length) = characterClass(at: place, in: text, &memo)
      guard next == kind else { break }
      place += length
    }
    return place
  }

  private static func contraction(at start: Int, in text: Span<UInt8>) -> Int? {
    guard start + 1 < text.count else { return nil }
    let first = text[start + 1]
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      let second = first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")
      return start + 2 < text.count && text[start + 2] == second ? start + 3 : nil
    default: return nil
    }
  }

  @inline(__always)
  private static func characterClass(
    at place: Int,
    in text: Span<UInt8>,
    _ memo: inout Memo
  ) -> (CharacterClass, length: Int) {
    let (scalar, length) = text.scalar(at: place)
    switch scalar {
    case 0x61...0x7A, 0x41...0x5A: return (.letter, 1)
    case 0x30...0x39: return (.number, 1)
    case 0..<0x80: return (ReferenceUnicode.isWhitespace(scalar) ? .space : .other, 1)
    default: return (memo.value(of: scalar, classify), length)
    }
  }

  private static func classify(_ scalar: Unicode.Scalar) -> CharacterClass {
    if ReferenceUnicode.isWhitespace(scalar.value) { return .space }
    if ReferenceUnicode.isLetter(scalar) { return .letter }
    return ReferenceUnicode.isNumber(scalar) ? .number : .other
  }
}
