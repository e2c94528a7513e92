/// A unigram language model: each word is cut into the tokens with the largest sum of scores.
///
/// T. Kudo, "Subword regularization", ACL 2018, arXiv:1804.10959, section 3.2. The sums are kept in
/// double precision and the first of equal ones counts, as in Hugging Face's `Unigram`; neighboring
/// unknown characters become one unknown token.
struct Unigram: Sendable {
  /// When a word gets a "▁" before it.
  enum PrefixScheme: Sendable {
    case always
    /// Only where it begins the text.
    case first
    case never
  }

  /// How the words are made.
  struct Words: Sendable {
    /// Whether white space is taken out (`WhitespaceSplit`); otherwise only blanks are replaced.
    var splitsWhitespace = true
    /// When a "▁" is put before a piece (`Metaspace`).
    var prefixScheme = PrefixScheme.always
  }

  /// Space for one text.
  struct Scratch: Sendable {
    fileprivate var word: [UInt8] = []
    fileprivate var ends: [End] = []
    fileprivate var path: [Int32] = []
  }

  /// The best way to a place in a word.
  fileprivate struct End: Sendable {
    var score = 0.0
    var id: Int32 = 0
    /// Where the last token begins; -1 while no way is known.
    var start: Int32 = -1
  }

  /// "▁", U+2581, which stands for a blank.
  static let blank: [UInt8] = [0xE2, 0x96, 0x81]
  /// How much less than any token's an unknown character's score is.
  private static let unknownPenalty = 10.0

  private let trie: ByteTrie
  private let scores: [Double]
  private let unknownID: Int32
  private let unknownScore: Double
  private let words: Words

  /// Creates a segmenter.
  ///
  /// - Parameters:
  ///   - vocabulary: the tokens.
  ///   - scores: logarithms of probabilities, by id.
  ///   - unknownID: stands for characters that no token covers.
  ///   - words: how the words are made.
  init(vocabulary: Vocabulary, scores: [Double], unknownID: Int32, words: Words) {
    trie = vocabulary.trie
    self.scores = scores
    self.unknownID = unknownID
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    self.words = words
  }

  /// Appends the ids of a normalized text, until there are `limit`; a last word may exceed it.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - startsText: whether nothing stands before this text.
  ///   - ids: gets the ids.
  ///   - limit: how many ids are of use.
  ///   - scratch: of the calling thread.
  func encode(
    _ text: Span<UInt8>,
    startsText: Bool,
    into ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) {
    guard words.splitsWhitespace else {
      encodePiece(text, 0..<text.count, startsText: startsText, into: &ids, limit, &scratch)
      return
    }
    var start = 0
    var place = 0
    while place < text.count, ids.count < limit {
      let (scalar, length) = text.scalar(at: place)
      if ReferenceUnicode.isWhitespace(scalar) {
        let isFirst = startsText && start == 0
        encodePiece(text, start..<place, startsText: isFirst, into: &ids, limit, &scratch)
        start = place + length
      }
      place += length
    }
    guard ids.count < limit else { return }
    let isFirst = startsText && start == 0
    encodePiece(text, start..<text.count, startsText: isFirst, into: &ids, limit, &scratch)
  }

  /// Encodes text between white space: a word begins at each "▁".
  private func encodePiece(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    startsText: Bool,
    into ids: inout [Int32],
    _ limit: Int,
    _ scratch: inout Scratch
  ) {
    guard !range.isEmpty else { return }
    var word: [UInt8] = []
    swap(&word, &scratch.word)
    defer { swap(&word, &scratch.word) }
    word.removeAll(keepingCapacity: true)
    let begins = text[range.lowerBound] == 0x20 || isBlank(text, range.lowerBound)
    let wants = words.prefixScheme == .always || (words.prefixScheme == .first && startsText)
    if wants, !begins { word.append(contentsOf: Self.blank) }
    for place in range {
      if text[place] == 0x20 || isBlank(text, place) {
        encodeWord(word.span, into: &ids, &scratch)
        guard ids.count < limit else { return }
        word.removeAll(keepingCapacity: true)
      }
      if text[place] == 0x20 {
        word.append(contentsOf: Self.blank)
      } else {
        word.append(text[place])
      }
    }
    encodeWord(word.span, into: &ids, &scratch)
  }

  private func isBlank(_ text: Span<UInt8>, _ place: Int) -> Bool {
    place + 2 < text.count && text[place] == Self.blank[0] && text[place + 1] == Self.blank[1]
      && text[place + 2] == Self.blank[2]
  }

  /// Viterbi's algorithm over the tokens that begin at each character.
  ///
  /// - Complexity: O(n · m) for n bytes and tokens of up to m bytes.
  private func encodeWord(_ word: Span<UInt8>, into ids: inout [Int32], _ scratch: inout Scratch) {
    guard !word.isEmpty else { return }
    scratch.ends.removeAll(keepingCapacity: true)
    scratch.ends.append(contentsOf: repeatElement(End(), count: word.count + 1))
    var start = 0
    while start < word.count {
      let length = word.scalar(at: start).length
      let isCovered = extend(from: start, length, word, &scratch)
      if !isCovered {
        offer(unknownID, unknownScore, from: start, to: start + length, &scratch)
      }
      start += length
    }
    scratch.path.removeAll(keepingCapacity: true)
    var end = word.count
    while end > 0 {
      let best = scratch.ends[end]
      if best.id != unknownID || scratch.path.last != unknownID { scratch.path.append(best.id) }
      end = Int(best.start)
    }
    ids.append(contentsOf: scratch.path.reversed())
  }

  /// Offers all tokens that begin at a place, and says whether one is the single character there.
  private func extend(
    from start: Int,
    _ length: Int,
    _ word: Span<UInt8>,
    _ scratch: inout Scratch
  ) -> Bool {
    var isCovered = false
    var node = ByteTrie.root
    for place in start..<word.count {
      node = trie.child(of: node, word[place])
      guard node >= 0 else { break }
      let id = trie.value(at: node)
      guard id >= 0 else { continue }
      offer(id, scores[Int(id)], from: start, to: place + 1, &scratch)
      if place + 1 - start == length { isCovered = true }
    }
    return isCovered
  }

  @inline(__always)
  private func offer(
    _ id: Int32,
    _ score: Double,
    from start: Int,
    to end: Int,
    _ scratch: inout Scratch
  ) {
    let sum = score + scratch.ends[start].score
    guard scratch.ends[end].start < 0 || sum > scratch.ends[end].score else { return }
    scratch.ends[end] = End(score: sum, id: id, start: Int32(truncatingIfNeeded: start))
  }
}
