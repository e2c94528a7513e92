/// WordPiece: words at white space and punctuation, each cut into the longest entries of a
/// vocabulary from left to right.
///
/// M. Schuster and K. Nakajima, "Japanese and Korean voice search", ICASSP 2012,
/// doi:10.1109/ICASSP.2012.6289079; the greedy cutting is that of BERT (arXiv:1810.04805).
struct WordPiece: Sendable {
  /// What follows from a character for the words.
  enum CharacterClass: Sendable {
    case letter
    case space
    case punctuation
  }

  /// Space for one text.
  struct Scratch: Sendable {
    var memo = ScalarMemo<CharacterClass>(unused: .letter)
  }

  private let trie: ByteTrie
  /// The node below which the entries that continue a word stand, or -1.
  private let continuation: Int32
  private let unknownID: Int32
  private let longestWord: Int

  /// Creates a segmenter.
  ///
  /// - Parameters:
  ///   - vocabulary: the entries.
  ///   - unknownID: stands for a word that cannot be cut.
  ///   - prefix: marks entries that continue a word, "##".
  ///   - longestWord: a word of more characters is unknown (`max_input_chars_per_word`).
  init(vocabulary: Vocabulary, unknownID: Int32, prefix: [UInt8], longestWord: Int) {
    trie = vocabulary.trie
    continuation = trie.node(of: prefix)
    self.unknownID = unknownID
    self.longestWord = longestWord
  }

  /// Appends the ids of a normalized text, until there are `limit`; a last word may exceed it.
  func encode(
    _ text: Span<UInt8>,
    into ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) {
    var place = 0
    var start = 0
    while place < text.count {
      let (scalar, length) = text.scalar(at: place)
      let kind = scalar < 0x80 ? Self.asciiClass(scalar) : characterClass(scalar, &scratch)
      if kind != .letter {
        appendWord(text, start..<place, into: &ids)
        if ids.count >= limit { return }
        if kind == .punctuation { appendWord(text, place..<place + length, into: &ids) }
        start = place + length
      }
      place += length
    }
    appendWord(text, start..<text.count, into: &ids)
  }

  private func appendWord(_ text: Span<UInt8>, _ word: Range<Int>, into ids: inout [Int32]) {
    guard !word.isEmpty else { return }
    let before = ids.count
    guard word.count <= longestWord || scalarCount(text, word) <= longestWord else {
      ids.append(unknownID)
      return
    }
    var start = word.lowerBound
    var node = ByteTrie.root
    while start < word.upperBound {
      var id: Int32 = -1
      var end = start
      var place = start
      while place < word.upperBound, node >= 0 {
        node = trie.child(of: node, text[place])
        place += 1
        if node >= 0, trie.value(at: node) >= 0 {
          id = trie.value(at: node)
          end = place
        }
      }
      guard id >= 0 else {
        ids.removeSubrange(before...)
        ids.append(unknownID)
        return
      }
      ids.append(id)
      start = end
      node = continuation
    }
  }

  private func scalarCount(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    for place in range where text[place] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  @inline(__always)
  private static func asciiClass(_ scalar: UInt32) -> CharacterClass {
    switch scalar {
    case 0x61...0x7A, 0x30...0x39, 0x41...0x5A: .letter
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: .punctuation
    default: ReferenceUnicode.isWhitespace(scalar) ? .space : .letter
    }
  }

  private func characterClass(_ scalar: UInt32, _ scratch: inout Scratch) -> CharacterClass {
    scratch.memo.value(of: scalar) { scalar in
      if ReferenceUnicode.isWhitespace(scalar.value) { return .space }
      return ReferenceUnicode.isPunctuation(scalar) ? .punctuation : .letter
    }
  }
}
