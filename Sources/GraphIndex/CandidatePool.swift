internal import CKernels

/// The nearest nodes seen so far on a walk, sorted, each marked once it has been expanded.
///
/// A sorted array, not a heap: for the windows in use an insertion moves a few hundred bytes, and the
/// next node to expand is found by a cursor. An entry is one 64-bit key,
///
/// ```
/// 63          32 31           1 0
/// ┌─────────────┬──────────────┬─┐
/// │ order / 2   │ node         │e│    e: expanded
/// └─────────────┴──────────────┴─┘
/// ```
/// where the order is that of the distance as an unsigned number, without its last bit, see
/// needle_pool.h: every tie is broken by the node, the same way on every run.
///
/// A walk expands the nodes of a *window*, the first entries; more can be kept behind it, for a
/// re-ranking to choose from.
@safe
package struct CandidatePool: ~Copyable {
  private var pool: needle_pool
  private var room = 0
  private var window = 0
  private let offer = unsafe needle_pool_offer_for(needle_simd_level())

  /// Entries past the limit that the kernel may touch.
  private static let slack = 16
  /// What every finite distance comes before.
  private static let infinite: UInt32 = 0xFF80_0000

  package init() {
    room = 256
    unsafe pool = needle_pool(
      keys: Self.allocate(room),
      count: 0,
      limit: 1,
      cursor: 0
    )
  }

  /// Room on cache lines of its own, which the kernel moves whole.
  private static func allocate(_ room: Int) -> UnsafeMutablePointer<UInt64> {
    unsafe UnsafeMutableRawPointer.allocate(byteCount: 8 * (room + slack), alignment: 64)
      .assumingMemoryBound(to: UInt64.self)
  }

  deinit { unsafe pool.keys.deallocate() }

  /// Empties the pool: `window` entries will be expanded, `limit` kept.
  package mutating func reset(window: Int, limit: Int) {
    if limit > room {
      unsafe pool.keys.deallocate()
      room = limit
      unsafe pool.keys = Self.allocate(room)
    }
    self.window = min(window, limit)
    unsafe pool.limit = limit
    unsafe pool.count = 0
    unsafe pool.cursor = 0
  }

  /// Lets all entries be expanded.
  package mutating func widen() { unsafe window = pool.limit }

  /// The number of entries.
  @inline(__always)
  package var count: Int { unsafe pool.count }

  /// The key of a node that was not expanded.
  @inline(__always)
  package static func key(_ order: UInt32, _ node: UInt32) -> UInt64 {
    UInt64(order &>> 1) &<< 32 | UInt64(node) &<< 1
  }

  /// What every key comes before.
  package static let nothing = UInt64.max

  /// The node of a key.
  @inline(__always)
  package static func node(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key) &>> 1 }

  /// Whether a key's node was expanded.
  @inline(__always)
  static func isExpanded(_ key: UInt64) -> Bool { key & 1 == 1 }

  /// The order of a key's distance, without its last bit.
  @inline(__always)
  package static func order(_ key: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: key &>> 32) &<< 1
  }

  /// A key's distance, without the last bit of its order.
  @inline(__always)
  package static func distance(_ key: UInt64) -> Float { needle_ordered_distance(order(key)) }

  /// The keys, nearest first.
  @inline(__always)
  package subscript(index: Int) -> UInt64 {
    unsafe precondition(index < pool.count, "entry \(index) of \(pool.count)")
    return unsafe pool.keys[index]
  }

  /// The order that a distance must come before to be of use.
  @inline(__always)
  package var bound: UInt32 {
    guard unsafe pool.count == pool.limit else { return Self.infinite }
    return min(unsafe Self.order(pool.keys[pool.count &- 1]) &+ 2, Self.infinite)
  }

  /// Inserts nodes that are not in the pool; the farthest fall out of a full one.
  @inline(__always)
  package mutating func insert(
    _ nodes: UnsafePointer<UInt32>,
    orders: UnsafePointer<UInt32>,
    count: Int
  ) {
    unsafe offer(&pool, orders, nodes, count)
  }

  /// Marks the nearest node not yet expanded, and returns it; `nil` when the window has none.
  @inline(__always)
  package mutating func expandNext() -> UInt32? {
    skipExpanded()
    guard unsafe pool.cursor < min(pool.count, window) else { return nil }
    let key = unsafe pool.keys[pool.cursor]
    unsafe pool.keys[pool.cursor] = key | 1
    unsafe pool.cursor &+= 1
    return Self.node(key)
  }

  /// Calls `body` with up to `most` of the nodes that would be expanded next if nothing were inserted
  /// before, nearest first.
  @inline(__always)
  package func eachUpcoming(_ most: Int, _ body: (UInt32) -> Void) {
    eachUpcomingKey(most) { body(Self.node($0)) }
  }

  @inline(__always)
  private func eachUpcomingKey(_ most: Int, _ body: (UInt64) -> Void) {
    var left = most
    var place = unsafe pool.cursor
    let end = unsafe min(pool.count, window)
    while left > 0 && place < end {
      let key = unsafe pool.keys[place]
      place &+= 1
      guard key & 1 == 0 else { continue }
      body(key)
      left &-= 1
    }
  }

  /// The first of ``eachUpcoming(_:_:)``.
  @inline(__always)
  package var upcoming: UInt32? {
    let key = upcomingKey
    return key == Self.nothing ? nil : Self.node(key)
  }

  /// Its key, or ``nothing``.
  @inline(__always)
  package var upcomingKey: UInt64 {
    var first = Self.nothing
    eachUpcomingKey(1) { first = $0 }
    return first
  }

  @inline(__always)
  private mutating func skipExpanded() {
    var cursor = unsafe pool.cursor
    let end = unsafe pool.count
    while unsafe cursor < end && pool.keys[cursor] & 1 != 0 { cursor &+= 1 }
    unsafe pool.cursor = cursor
  }
}
