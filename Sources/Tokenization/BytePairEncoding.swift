/// Byte-level byte-pair encoding: words by GPT-2's pattern, their bytes merged pair by pair.
///
/// R. Sennrich, B. Haddow and A. Birch, "Neural machine translation of rare words with subword
/// units", ACL 2016, arXiv:1508.07909; bytes instead of characters as in GPT-2, and so in RoBERTa.
struct BytePairEncoding: Sendable {
  /// Space for the words of one thread.
  struct Scratch: Sendable {
    var memo = ByteLevelWords.Memo(unused: .other)
    var cache = WordCache()
    fileprivate var symbols: [Symbol] = []
    fileprivate var queue: [Candidate] = []
    fileprivate var prefixed: [UInt8] = []
    fileprivate var word: [Int32] = []
  }

  /// A part of a word, in a list linked by places.
  fileprivate struct Symbol: Sendable {
    var id: Int32
    var previous: Int32
    var next: Int32
    var isMerged = false
  }

  /// A merge that may be next: lowest rank first, then leftmost.
  fileprivate struct Candidate: Sendable, Comparable {
    var rank: Int32
    var place: Int32
    var merged: Int32

    static func < (first: Candidate, second: Candidate) -> Bool {
      (first.rank, first.place) < (second.rank, second.place)
    }
  }

  private let merges: BytePairMerges
  /// The ids of the single bytes.
  private let byteIDs: [Int32]
  /// From whole words to ids, where these come before the merges (`ignore_merges`).
  private let wholeWords: ByteTrie?
  private let addsPrefixSpace: Bool

  /// Creates a segmenter.
  ///
  /// - Parameters:
  ///   - merges: by rank.
  ///   - byteIDs: an id for each of the 256 bytes.
  ///   - wholeWords: tokens, as bytes of text, that are taken whole; `nil` to merge always.
  ///   - addsPrefixSpace: whether a text that begins with no blank gets one.
  init(
    merges: BytePairMerges,
    byteIDs: [Int32],
    wholeWords: ByteTrie?,
    addsPrefixSpace: Bool
  ) {
    precondition(byteIDs.count == 256, "\(byteIDs.count) ids for 256 bytes")
    self.merges = merges
    self.byteIDs = byteIDs
    self.wholeWords = wholeWords
    self.addsPrefixSpace = addsPrefixSpace
  }

  /// Appends the ids of a text, until there are `limit`; a last word may exceed it.
  func encode(
    _ text: Span<UInt8>,
    into ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) {
    guard addsPrefixSpace, !text.isEmpty, text[0] != UInt8(ascii: " ") else {
      encodeWords(text, into: &ids, limit: limit, &scratch)
      return
    }
    var prefixed: [UInt8] = []
    swap(&prefixed, &scratch.prefixed)
    prefixed.removeAll(keepingCapacity: true)
    prefixed.append(UInt8(ascii: " "))
    prefixed.append(text, in: 0..<text.count)
    encodeWords(prefixed.span, into: &ids, limit: limit, &scratch)
    swap(&prefixed, &scratch.prefixed)
  }

  private func encodeWords(
    _ text: Span<UInt8>,
    into ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) {
    var start = 0
    while start < text.count, ids.count < limit {
      let end = ByteLevelWords.end(of: start, in: text, &scratch.memo)
      let word = start..<end
      start = end
      if let wholeWords, let id = wholeWords.value(of: text, in: word) {
        ids.append(id)
        continue
      }
      let hash = WordCache.hash(text, word)
      if scratch.cache.appendIDs(of: text, word, hash, to: &ids) { continue }
      merge(text, word, &scratch)
      scratch.cache.insert(text, word, hash, ids: scratch.word)
      ids.append(contentsOf: scratch.word)
    }
  }

  /// Leaves the ids of a word in `scratch.word`.
  ///
  /// - Complexity: O(n log n) for n bytes.
  private func merge(_ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout Scratch) {
    scratch.symbols.removeAll(keepingCapacity: true)
    scratch.queue.removeAll(keepingCapacity: true)
    scratch.word.removeAll(keepingCapacity: true)
    let count = Int32(truncatingIfNeeded: word.count)
    for (place, byte) in zip(0..<count, word) {
      let next = place + 1 < count ? place + 1 : -1
      scratch.symbols.append(
        Symbol(id: byteIDs[Int(text[byte])], previous: place - 1, next: next)
      )
    }
    for place in 0..<count { offer(place, &scratch) }
    while let candidate = scratch.queue.popLeast() {
      let left = scratch.symbols[Int(candidate.place)]
      guard !left.isMerged, left.next >= 0 else { continue }
      let right = scratch.symbols[Int(left.next)]
      // A candidate is out of date where one of its parts has been merged with another since.
      guard merges[left.id, right.id]?.merged == candidate.merged else { continue }
      scratch.symbols[Int(left.next)].isMerged = true
      scratch.symbols[Int(candidate.place)].id = candidate.merged
      scratch.symbols[Int(candidate.place)].next = right.next
      if right.next >= 0 { scratch.symbols[Int(right.next)].previous = candidate.place }
      if left.previous >= 0 { offer(left.previous, &scratch) }
      offer(candidate.place, &scratch)
    }
    for symbol in scratch.symbols where !symbol.isMerged { scratch.word.append(symbol.id) }
  }

  /// Puts the merge of a symbol with its right neighbor into the queue, where there is one.
  @inline(__always)
  private func offer(_ place: Int32, _ scratch: inout Scratch) {
    let left = scratch.symbols[Int(place)]
    guard left.next >= 0 else { return }
    let right = scratch.symbols[Int(left.next)]
    guard let merge = merges[left.id, right.id] else { return }
    scratch.queue.insertIntoHeap(
      Candidate(rank: merge.rank, place: place, merged: merge.merged)
    )
  }
}

extension [BytePairEncoding.Candidate] {
  /// Adds an element to a binary heap with the least element first.
  fileprivate mutating func insertIntoHeap(_ element: Element) {
    append(element)
    var place = count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard self[place] < self[parent] else { return }
      swapAt(place, parent)
      place = parent
    }
  }

  /// Removes the least element of a binary heap.
  fileprivate mutating func popLeast() -> Element? {
    guard let least = first, let last = popLast() else { return nil }
    guard !isEmpty else { return least }
    self[0] = last
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < count else { return least }
      if child + 1 < count, self[child + 1] < self[child] { child += 1 }
      guard self[child] < self[place] else { return least }
      swapAt(place, child)
      place = child
    }
  }
}
