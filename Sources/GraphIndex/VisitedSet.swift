/// The nodes that a walk has measured: a small hash table with linear probing.
///
/// A walk touches a few thousand nodes of millions. A table of that size stays in the first-level
/// cache and is cleared in no time, where a bit per node would be neither.
@safe
struct VisitedSet: ~Copyable {
  private var slots: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  private var shift: UInt32
  private var count = 0

  private static let empty = UInt32.max

  init() {
    capacity = 1024
    shift = 22
    unsafe slots = .allocate(capacity: capacity)
    unsafe slots.update(repeating: Self.empty, count: capacity)
  }

  deinit { unsafe slots.deallocate() }

  /// Empties the set and makes room for about `expected` nodes.
  mutating func reset(expected: Int) {
    var wanted = 1024
    while wanted < expected &* 2 { wanted &*= 2 }
    if wanted != capacity { allocate(wanted) }
    unsafe slots.update(repeating: Self.empty, count: capacity)
    count = 0
  }

  /// Adds a node; returns whether it was new.
  @inline(__always)
  mutating func insert(_ node: UInt32) -> Bool {
    var slot = Int((node &* 0x9E37_79B1) &>> shift)
    while true {
      let held = unsafe slots[slot]
      if held == node { return false }
      if held == Self.empty { break }
      slot = (slot &+ 1) & (capacity &- 1)
    }
    unsafe slots[slot] = node
    count &+= 1
    if count &* 2 > capacity { grow() }
    return true
  }

  private mutating func allocate(_ wanted: Int) {
    unsafe slots.deallocate()
    capacity = wanted
    shift = UInt32(32 - wanted.trailingZeroBitCount)
    unsafe slots = .allocate(capacity: wanted)
  }

  private mutating func grow() {
    let old = unsafe Array(UnsafeBufferPointer(start: slots, count: capacity))
    allocate(capacity * 2)
    unsafe slots.update(repeating: Self.empty, count: capacity)
    count = 0
    for node in old where node != Self.empty { _ = insert(node) }
  }
}
