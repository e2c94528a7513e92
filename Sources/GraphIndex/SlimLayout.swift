internal import CKernels

/// How the rows of a slim layout are coded.
protocol RowCodec {
  /// Writes the order of the distance from the query to each of some rows; `orders` has room for
  /// `count` rounded up to 4.
  func measure(
    _ query: WalkQuery,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  )

  /// The bytes of a row, and the first.
  var rowBytes: Int { get }
  var start: UnsafeRawPointer { get }
}

/// A codec of which rows of bytes are all there is.
protocol StoredRowCodec: RowCodec {
  /// The same for rows elsewhere.
  func over(_ rows: UnsafePointer<UInt8>) -> Self
}

/// Links of a node on one or two cache lines, codes of all nodes elsewhere: a step reads one row of
/// links, then the codes of those neighbors that are new.
@unsafe
struct SlimLayout<Codec: RowCodec>: @unsafe WalkLayout {
  let codec: Codec
  /// For the codes of entry points, side by side: where those of all nodes lie, each would cost cache misses.
  let entryCodec: Codec
  /// `[count, degree]`.
  let links: UnsafePointer<UInt32>
  let count: Int
  let degree: Int
  let entries: EntryView
  /// Whether the codes of the next node's neighbors are asked for on the guess which that is.
  ///
  /// It pays where links and codes come from memory: on Emerald Rapids one query a call took 9 % longer so over
  /// 30 MB of them, which its caches hold, and 10 % less over 256 MB (2026-11-30).
  let guesses: Bool

  @inline(__always)
  func reset(_ state: inout WalkState) {
    state.pool.reset(window: state.plan.window, limit: max(state.plan.window, state.plan.kept))
    state.visited.reset()
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe entryCodec.measure(query, places, count: count, into: orders)
  }

  @inline(__always)
  func enter(at node: UInt32, order: UInt32, _ query: WalkQuery, _ state: inout WalkState) {
    var (node, order) = (node, order)
    let before = state.visited.count
    state.visited.reserve(1)
    state.visited.insert(node)
    guard state.visited.count > before else { return }
    unsafe state.pool.insert(&node, orders: &order, count: 1)
  }

  func ranks(_ state: borrowing WalkState) -> Bool { false }

  var visitsApart: Bool { true }

  @inline(__always)
  func approach(_ state: inout WalkState) {
    if state.plan.takesTurns { unsafe prefetchLinks(state.node) }
  }

  @inline(__always)
  func visit(_ state: inout WalkState) throws(BadLink) {
    let node = state.node
    let limit = unsafe UInt32(truncatingIfNeeded: count)
    let links = unsafe self.links + Int(node) &* degree
    state.pending = state.visited.count
    unsafe state.visited.reserve(degree)
    let found = unsafe state.visited.insert(links, most: degree, below: limit)
    if unsafe found < degree && links[found] != GraphLinks.none {
      throw BadLink(node: node, link: unsafe links[found])
    }
    let fresh = unsafe state.visited.added(since: state.pending)
    unsafe needle_prefetch_rows(
      codec.start,
      codec.rowBytes,
      fresh,
      state.visited.count &- state.pending
    )
  }

  @inline(__always)
  func measure(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) {
    if unsafe guesses, !state.plan.takesTurns, let upcoming = state.pool.upcoming {
      unsafe peek(upcoming)
    }
    unsafe measureVisited(query, &state)
  }

  /// Measures what was visited since ``WalkState/pending``.
  @inline(__always)
  func measureVisited(_ query: WalkQuery, _ state: inout WalkState) {
    let fresh = state.visited.count &- state.pending
    state.measured &+= fresh
    let nodes = unsafe state.visited.added(since: state.pending)
    unsafe codec.measure(query, nodes, count: fresh, into: state.orders)
    unsafe state.pool.insert(nodes, orders: state.orders, count: fresh)
    state.pool.eachUpcoming(2) { unsafe prefetchLinks($0) }
  }

  /// Asks for the codes of a node's neighbors, while others are measured: it is most likely the next.
  ///
  /// Those that were visited are near at hand, which costs less than asking whether they were.
  @inline(__always)
  private func peek(_ node: UInt32) {
    let links = unsafe self.links + Int(node) &* degree
    let limit = unsafe UInt32(truncatingIfNeeded: count)
    for place in unsafe 0..<degree {
      let link = unsafe links[place]
      if link >= limit { break }
      unsafe needle_prefetch_bytes(codec.start + Int(link) &* codec.rowBytes, codec.rowBytes)
    }
  }

  @inline(__always)
  private func prefetchLinks(_ node: UInt32) {
    var place = unsafe links + Int(node) &* degree
    let end = unsafe place + degree
    while unsafe place < end {
      unsafe needle_prefetch(place)
      unsafe place += 16
    }
  }
}
