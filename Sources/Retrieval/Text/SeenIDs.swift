internal import IndexStore

/// Finds ids that occur a second time among many millions, by their hashes.
///
/// Of two ids that differ, one in some 10¹⁹ pairs has the hash of the other: whoever is told of a
/// second occurrence compares the ids themselves before it is reported.
///
/// - Complexity: 11 to 21 bytes of memory an id.
public struct SeenIDs: Sendable {
  /// Hashes in an open table; zero marks a free slot.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)
  private var count = 0

  /// No ids yet.
  public init() {}

  /// Notes an id.
  ///
  /// - Returns: whether its hash was not there before.
  public mutating func insert(_ id: String) -> Bool {
    if 4 * (count + 1) > 3 * slots.count { grow() }
    let hash = max(Checksum.of(id.utf8), 1)
    guard Self.place(hash, in: &slots) else { return false }
    count += 1
    return true
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: 2 * slots.count)
    for hash in slots where hash != 0 { _ = Self.place(hash, in: &larger) }
    slots = larger
  }

  /// Puts a hash into the first free slot from its own on; `false` where it is there already.
  private static func place(_ hash: UInt64, in slots: inout [UInt64]) -> Bool {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      guard slots[slot] != hash else { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = hash
    return true
  }
}
