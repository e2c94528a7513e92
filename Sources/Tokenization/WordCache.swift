/// The ids of words already seen by one thread: open addressing over the words' bytes.
///
/// When it is full it starts anew, which keeps its memory bounded and needs no bookkeeping; natural
/// text fills it again at once with the frequent words.
struct WordCache: Sendable {
  /// Longer words are rare and not kept.
  private static let longestWord = 64
  private static let slotCount = 1 << 15
  private static let capacity = slotCount / 2

  private struct Slot: Sendable {
    var hash: UInt64
    var word: Range<Int32>
    var ids: Range<Int32>
  }

  /// The hash 0 marks a free slot; no word has it.
  private var slots: [Slot] = []
  private var used = 0
  private var bytes: [UInt8] = []
  private var ids: [Int32] = []

  /// FNV-1a over a word's bytes, never 0.
  @inline(__always)
  static func hash(_ text: Span<UInt8>, _ word: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for place in word { hash = (hash ^ UInt64(text[place])) &* 0x100_0000_01B3 }
    return hash | 1
  }

  /// Appends the ids of a word and says whether it is known.
  func appendIDs(
    of text: Span<UInt8>,
    _ word: Range<Int>,
    _ hash: UInt64,
    to output: inout [Int32]
  ) -> Bool {
    guard !slots.isEmpty else { return false }
    var place = Self.home(hash)
    while slots[place].hash != 0 {
      if slots[place].hash == hash, equal(slots[place].word, text, word) {
        for id in slots[place].ids { output.append(ids[Int(id)]) }
        return true
      }
      place = (place + 1) & (Self.slotCount - 1)
    }
    return false
  }

  /// Keeps a word that is not known yet.
  mutating func insert(_ text: Span<UInt8>, _ word: Range<Int>, _ hash: UInt64, ids new: [Int32]) {
    guard word.count <= Self.longestWord else { return }
    if slots.isEmpty || used == Self.capacity { clear() }
    var place = Self.home(hash)
    while slots[place].hash != 0 { place = (place + 1) & (Self.slotCount - 1) }
    let firstByte = Int32(truncatingIfNeeded: bytes.count)
    let firstID = Int32(truncatingIfNeeded: ids.count)
    bytes.append(text, in: word)
    ids.append(contentsOf: new)
    slots[place] = Slot(
      hash: hash,
      word: firstByte..<Int32(truncatingIfNeeded: bytes.count),
      ids: firstID..<Int32(truncatingIfNeeded: ids.count)
    )
    used += 1
  }

  private mutating func clear() {
    slots = Array(repeating: Slot(hash: 0, word: 0..<0, ids: 0..<0), count: Self.slotCount)
    used = 0
    bytes.removeAll(keepingCapacity: true)
    ids.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private static func home(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 40) & (slotCount - 1)
  }

  private func equal(_ held: Range<Int32>, _ text: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard held.count == word.count else { return false }
    for (own, place) in zip(held, word) where bytes[Int(own)] != text[place] { return false }
    return true
  }
}
