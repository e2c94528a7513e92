/// The nodes that a walk has seen, as a hash table: for walks that see few of very many, where a set
/// with a bit per node would cost a cache miss for each.
///
/// Open addressing with linear probing, at most half full.
@safe
package struct VisitedTable: ~Copyable {
  private var slots: UnsafeMutablePointer<UInt32>
  private var size: Int
  private var count = 0

  private static let empty = UInt32.max

  package init() {
    size = 1024
    unsafe slots = .allocate(capacity: size)
    unsafe slots.initialize(repeating: Self.empty, count: size)
  }

  deinit { unsafe slots.deallocate() }

  /// Empties the set and makes room for about `expected` nodes.
  package mutating func reset(expecting expected: Int) {
    var wanted = 1024
    while wanted < 2 * expected { wanted *= 2 }
    if wanted != size {
      resize(wanted)
    } else {
      unsafe slots.update(repeating: Self.empty, count: size)
    }
    count = 0
  }

  /// Adds a node; returns whether it was new.
  @inline(__always)
  package mutating func insert(_ node: UInt32) -> Bool {
    var slot = place(of: node)
    while true {
      let held = unsafe slots[slot]
      if held == node { return false }
      if held == Self.empty { break }
      slot = (slot &+ 1) & (size &- 1)
    }
    unsafe slots[slot] = node
    count &+= 1
    if 2 &* count > size { grow() }
    return true
  }

  @inline(__always)
  private func place(of node: UInt32) -> Int {
    // Fibonacci hashing: the middle bits of a product with the golden ratio.
    Int((node &* 0x9E37_79B1) &>> 12) & (size &- 1)
  }

  private mutating func resize(_ wanted: Int) {
    unsafe slots.deallocate()
    size = wanted
    unsafe slots = .allocate(capacity: size)
    unsafe slots.initialize(repeating: Self.empty, count: size)
  }

  private mutating func grow() {
    let held = (0..<size).map { unsafe slots[$0] }.filter { $0 != Self.empty }
    resize(2 * size)
    count = 0
    for node in held { _ = insert(node) }
  }
}
