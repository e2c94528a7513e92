/// The nearest nodes seen so far on a walk, sorted, each marked once it has been expanded.
///
/// A sorted array, not a heap: for the beam widths in use an insertion moves a few hundred bytes,
/// and the next node to expand is found by a cursor. An entry is one 64-bit key,
///
/// ```
/// 63          32 31           1 0
/// ┌─────────────┬──────────────┬─┐
/// │ distance    │ node         │e│    e: expanded
/// └─────────────┴──────────────┴─┘
/// ```
/// with the distance's bits arranged so that keys order as (distance, node): every tie is broken
/// the same way on every run.
@safe
package struct CandidatePool: ~Copyable {
  private var keys: UnsafeMutablePointer<UInt64>
  private var room: Int
  package private(set) var count = 0
  private var limit = 0
  private var cursor = 0

  package init() {
    room = 256
    unsafe keys = .allocate(capacity: room)
  }

  deinit { unsafe keys.deallocate() }

  /// Empties the pool and lets it hold up to `limit` entries.
  package mutating func reset(limit: Int) {
    if limit > room {
      unsafe keys.deallocate()
      room = limit
      unsafe keys = .allocate(capacity: room)
    }
    self.limit = limit
    count = 0
    cursor = 0
  }

  /// The key of a node that has not been expanded.
  @inline(__always)
  package static func key(distance: Float, node: UInt32) -> UInt64 {
    let bits = distance.bitPattern
    let ordered = bits & 0x8000_0000 == 0 ? bits ^ 0x8000_0000 : ~bits
    return UInt64(ordered) &<< 32 | UInt64(node) &<< 1
  }

  /// The node of a key.
  @inline(__always)
  package static func node(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key) &>> 1 }

  /// The distance of a key.
  @inline(__always)
  package static func distance(_ key: UInt64) -> Float {
    let ordered = UInt32(truncatingIfNeeded: key &>> 32)
    return Float(bitPattern: ordered & 0x8000_0000 != 0 ? ordered ^ 0x8000_0000 : ~ordered)
  }

  /// The keys, nearest first.
  package subscript(index: Int) -> UInt64 {
    precondition(index < count, "entry \(index) of \(count)")
    return unsafe keys[index]
  }

  /// Inserts a node that is not in the pool; the farthest falls out of a full one.
  ///
  /// - Returns: whether the node is now the next to be expanded.
  @inline(__always)
  package mutating func insert(distance: Float, node: UInt32) -> Bool {
    let key = Self.key(distance: distance, node: node)
    if count == limit {
      guard unsafe key < keys[count &- 1] else { return false }
      count &-= 1
    }
    // Halving without a branch: a search of random outcomes would mispredict at every step.
    var low = 0
    var length = count
    while length > 0 {
      let half = (length &+ 1) &>> 1
      low = unsafe keys[low &+ half &- 1] < key ? low &+ half : low
      length &-= half
    }
    let place = unsafe keys + low
    unsafe (place + 1).update(from: place, count: count &- low)
    unsafe place.pointee = key
    count &+= 1
    guard low <= cursor else { return false }
    cursor = low
    return true
  }

  /// Marks the nearest node not yet expanded, and returns it; `nil` when all have been.
  @inline(__always)
  package mutating func expandNext() -> UInt32? {
    while cursor < count {
      let key = unsafe keys[cursor]
      if key & 1 == 0 {
        unsafe keys[cursor] = key | 1
        cursor &+= 1
        return Self.node(key)
      }
      cursor &+= 1
    }
    return nil
  }

  /// The node that ``expandNext()`` would return if nothing were inserted before, or `nil`.
  @inline(__always)
  package func upcoming() -> UInt32? {
    guard cursor < count else { return nil }
    return unsafe Self.node(keys[cursor])
  }
}
