/// The merges of a byte-pair encoding: from two neighbors' ids to their rank and the merged id.
///
/// An open-addressing table with linear probing; pairs are looked up several times per byte of text.
struct BytePairMerges: Sendable {
  /// One merge.
  struct Merge: Sendable {
    var left: Int32
    var right: Int32
    /// The id of the two together.
    var merged: Int32
  }

  private struct Slot: Sendable {
    var pair: UInt64
    var rank: Int32
    var merged: Int32
  }

  private static let free = UInt64.max
  private var slots: [Slot]
  private let mask: Int

  /// Creates the table; a merge's rank is its place, and of equal pairs the last one counts.
  init(_ merges: [Merge]) {
    var size = 16
    while size < merges.count * 2 { size *= 2 }
    slots = Array(repeating: Slot(pair: Self.free, rank: 0, merged: 0), count: size)
    mask = size - 1
    for (rank, merge) in merges.enumerated() {
      let pair = Self.key(merge.left, merge.right)
      slots[slot(of: pair)] = Slot(
        pair: pair,
        rank: Int32(truncatingIfNeeded: rank),
        merged: merge.merged
      )
    }
  }

  /// The merge of two neighbors; `nil` where they stay apart.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> (rank: Int32, merged: Int32)? {
    let pair = Self.key(left, right)
    let slot = slots[slot(of: pair)]
    return slot.pair == pair ? (slot.rank, slot.merged) : nil
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The slot that holds a pair, or the free one where it belongs.
  @inline(__always)
  private func slot(of pair: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[place].pair != pair, slots[place].pair != Self.free { place = (place + 1) & mask }
    return place
  }
}
