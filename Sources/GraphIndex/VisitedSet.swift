/// The nodes that a walk has measured: a bit per node, and a list of the nodes whose bits are set.
///
/// Clearing goes by the list, so that its cost follows the walk and not the size of the graph, and
/// the newest part of the list is what a walk measures next. Adding a node has no branch: whether
/// a link was seen before is a coin toss that no predictor learns.
@safe
package struct VisitedSet: ~Copyable {
  private var bits: UnsafeMutablePointer<UInt64>
  private var words: Int
  private var list: UnsafeMutablePointer<UInt32>
  private var room: Int
  /// The number of nodes visited.
  package private(set) var count = 0

  /// Makes room for nodes `0..<nodes`.
  package init(nodes: Int) {
    words = (nodes + 63) / 64
    room = 1024
    unsafe bits = .allocate(capacity: words)
    unsafe bits.initialize(repeating: 0, count: words)
    unsafe list = .allocate(capacity: room)
  }

  deinit {
    unsafe bits.deallocate()
    unsafe list.deallocate()
  }

  /// Empties the set.
  package mutating func reset() {
    for index in 0..<count { unsafe bits[Int(list[index] &>> 6)] = 0 }
    count = 0
  }

  /// Makes sure that `additions` nodes can be added.
  @inline(__always)
  package mutating func reserve(_ additions: Int) {
    if count &+ additions > room { grow(additions) }
  }

  /// Adds a node, for which there must be room, unless it is there.
  @inline(__always)
  package mutating func insert(_ node: UInt32) {
    let place = Int(node &>> 6)
    let word = unsafe bits[place]
    let shift = UInt64(node & 63)
    unsafe bits[place] = word | 1 &<< shift
    unsafe list[count] = node
    count &+= Int(truncatingIfNeeded: ~(word &>> shift) & 1)
  }

  /// Adds nodes up to the first that is not below `limit`, at most `most`, for which there must be room;
  /// returns how many come before it.
  @inline(__always)
  package mutating func insert(
    _ nodes: UnsafePointer<UInt32>,
    most: Int,
    below limit: UInt32
  ) -> Int {
    // In registers: what is written through pointers could lie anywhere, for all the compiler knows.
    let (bits, list) = unsafe (bits, list)
    var (number, place) = (count, 0)
    while place < most {
      let node = unsafe nodes[place]
      guard node < limit else { break }
      let word = unsafe bits[Int(node &>> 6)]
      let shift = UInt64(node & 63)
      unsafe bits[Int(node &>> 6)] = word | 1 &<< shift
      unsafe list[number] = node
      number &+= Int(truncatingIfNeeded: ~(word &>> shift) & 1)
      place &+= 1
    }
    count = number
    return place
  }

  /// The nodes added since there were `start`.
  @inline(__always)
  package func added(since start: Int) -> UnsafePointer<UInt32> {
    unsafe UnsafePointer(list + start)
  }

  private mutating func grow(_ additions: Int) {
    let wanted = max(2 * room, count + additions)
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: wanted)
    unsafe larger.update(from: list, count: count)
    unsafe list.deallocate()
    unsafe list = larger
    room = wanted
  }
}
