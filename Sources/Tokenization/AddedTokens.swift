/// A token that is recognized literally in text, such as `[SEP]` or `<extra_id_0>`.
struct AddedToken: Sendable, Equatable {
  /// The token's text.
  var content: [UInt8]
  /// Its id.
  var id: Int32
  /// Whether decoding leaves it out.
  var isSpecial = false
  /// Whether it is looked for in the normalized text, itself normalized.
  var isNormalized = false
  /// Whether white space before it belongs to it.
  var stripsLeft = false
  /// Whether white space after it belongs to it.
  var stripsRight = false
  /// Whether it counts only where no letter or digit touches it.
  var isSingleWord = false
}

/// Finds added tokens in text: from left to right, the longest where several begin together.
struct AddedTokenSplitter: Sendable {
  /// A part of a text.
  struct Piece: Sendable {
    /// The token's id; -1 for text between tokens.
    var id: Int32
    /// Its bytes; never empty for text between tokens.
    var range: Range<Int>
  }

  private let tokens: [AddedToken]
  private let trie: ByteTrie
  private let begins: [Bool]

  /// Creates a splitter.
  ///
  /// - Parameters:
  ///   - tokens: what to find.
  ///   - patterns: how each token is written in the text that will be split.
  init(_ tokens: [AddedToken], patterns: [[UInt8]]) {
    self.tokens = tokens
    trie = ByteTrie(
      keys: patterns,
      values: tokens.indices.map { Int32(truncatingIfNeeded: $0) }
    )
    var begins = [Bool](repeating: false, count: 256)
    for pattern in patterns {
      if let first = pattern.first { begins[Int(first)] = true }
    }
    self.begins = begins
  }

  /// Whether there is nothing to find.
  var isEmpty: Bool { tokens.isEmpty }

  /// Replaces `pieces` by the parts of a text; those of white space beside a token may be missing.
  func split(_ text: Span<UInt8>, into pieces: inout [Piece]) {
    pieces.removeAll(keepingCapacity: true)
    var taken = 0
    var place = 0
    while place < text.count {
      guard begins[Int(text[place])], let match = longestMatch(text, at: place) else {
        place += 1
        continue
      }
      let token = tokens[match.index]
      let range = place..<match.end
      place = match.end
      if token.isSingleWord, touchesWord(text, range) { continue }
      let start =
        token.stripsLeft
        ? max(taken, text.startOfWhitespace(before: range.lowerBound))
        : range.lowerBound
      let end = token.stripsRight ? text.endOfWhitespace(from: range.upperBound) : range.upperBound
      if taken < start { pieces.append(Piece(id: -1, range: taken..<start)) }
      pieces.append(Piece(id: token.id, range: range))
      taken = end
    }
    if taken < text.count { pieces.append(Piece(id: -1, range: taken..<text.count)) }
  }

  private func longestMatch(_ text: Span<UInt8>, at start: Int) -> (index: Int, end: Int)? {
    var found: (index: Int, end: Int)?
    var node = ByteTrie.root
    for place in start..<text.count {
      node = trie.child(of: node, text[place])
      guard node >= 0 else { break }
      if trie.value(at: node) >= 0 { found = (Int(trie.value(at: node)), place + 1) }
    }
    return found
  }

  private func touchesWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let before = range.lowerBound > 0 ? text.startOfScalar(before: range.lowerBound) : nil
    let after = range.upperBound < text.count ? range.upperBound : nil
    if let before, isWordCharacter(text.scalar(at: before).value) { return true }
    if let after, isWordCharacter(text.scalar(at: after).value) { return true }
    return false
  }

  private func isWordCharacter(_ scalar: UInt32) -> Bool {
    Unicode.Scalar(scalar).map(ReferenceUnicode.isWordCharacter) ?? false
  }
}
