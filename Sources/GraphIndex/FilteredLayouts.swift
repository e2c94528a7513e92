internal import CKernels

/// A layout that has a form for filtered walks.
protocol FilterableLayout: WalkLayout {
  associatedtype Filtered: ScanLayout

  /// The layout whose walks find nodes of a filter.
  func filtered(by filter: NodeFilterView) -> Filtered
}

/// A layout that can also measure all nodes of a filter, without a walk.
protocol ScanLayout: WalkLayout {
  var filter: NodeFilterView { get }

  /// Nodes that are measured at a time.
  var scanStep: Int { get }

  /// Empties the pool that is ranked.
  func resetScan(_ state: inout WalkState)

  /// Measures some nodes and puts them into the pool that is ranked.
  func scan(
    _ query: WalkQuery,
    _ nodes: UnsafePointer<UInt32>,
    count: Int,
    _ state: inout WalkState
  )
}

extension ScanLayout {
  /// Begins a scan: every node is then to be measured.
  @inline(__always)
  func beginScan(_ plan: WalkPlan, _ state: inout WalkState) {
    state.plan = plan
    (state.measured, state.expanded) = (0, 0)
    prepareScan(&state)
  }

  @inline(__always)
  private func prepareScan(_ state: inout WalkState) {
    resetScan(&state)
    state.scanned = unsafe filter.count
    unsafe state.measured &+= filter.count
  }

  /// Measures all nodes of the filter.
  func extend(_ query: WalkQuery, _ state: inout WalkState) {
    prepareScan(&state)
    unsafe filter.eachChunk(of: scanStep) { nodes, count in
      unsafe scan(query, nodes, count: count, &state)
    }
  }
}

/// A walk over matching nodes of a slim layout: where a neighbor does not match, its neighbors are
/// looked at instead, so that the pool holds matches only.
///
/// After ACORN-1, Patel et al., arXiv:2403.04871.
@unsafe
struct FilteredSlimLayout<Codec: StoredRowCodec>: @unsafe ScanLayout {
  let base: SlimLayout<Codec>
  let filter: NodeFilterView

  /// The share of a node's places that matches should fill before no neighbor of a neighbor is looked
  /// at any more: with all of them, a walk where most match would look at many for little.
  private var enough: Int { unsafe base.degree &* 3 / 4 }

  var entries: EntryView { unsafe filter.entries }
  var visitsApart: Bool { true }

  @inline(__always)
  func reset(_ state: inout WalkState) {
    unsafe base.reset(&state)
    state.seen.reset(expecting: 16 &* state.plan.window)
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    let codec = unsafe base.codec.over(filter.entryCodes)
    unsafe codec.measure(query, places, count: count, into: orders)
  }

  @inline(__always)
  func enter(at node: UInt32, order: UInt32, _ query: WalkQuery, _ state: inout WalkState) {
    unsafe base.enter(at: node, order: order, query, &state)
  }

  func ranks(_ state: borrowing WalkState) -> Bool { false }

  @inline(__always)
  func approach(_ state: inout WalkState) { unsafe base.approach(&state) }

  @inline(__always)
  func visit(_ state: inout WalkState) throws(BadLink) {
    state.pending = state.visited.count
    unsafe state.visited.reserve(2 &* base.degree)
    let links = unsafe base.links + Int(state.node) &* base.degree
    var found = try unsafe visit(matchesOf: state.node, &state)
    for place in unsafe 0..<base.degree {
      let link = unsafe links[place]
      if unsafe found >= enough || link == GraphLinks.none { break }
      if unsafe filter.matches(link) { continue }
      guard state.seen.insert(link) else { continue }
      found &+= try unsafe visit(matchesOf: link, &state)
    }
  }

  /// Visits the matching neighbors of a node; returns their number, seen before or not.
  @inline(__always)
  private func visit(matchesOf node: UInt32, _ state: inout WalkState) throws(BadLink) -> Int {
    let limit = unsafe UInt32(truncatingIfNeeded: base.count)
    let links = unsafe base.links + Int(node) &* base.degree
    var found = 0
    for place in unsafe 0..<base.degree {
      let link = unsafe links[place]
      if link == GraphLinks.none { break }
      guard link < limit else { throw BadLink(node: node, link: link) }
      guard unsafe filter.matches(link) else { continue }
      state.visited.insert(link)
      found &+= 1
    }
    return found
  }

  @inline(__always)
  func measure(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) {
    unsafe base.measureVisited(query, &state)
  }

  /// A walk among matches that ends before its window is full has not seen all of them.
  func fallsShort(of wanted: Int, _ state: borrowing WalkState) -> Bool {
    guard state.scanned == 0 else { return false }
    return unsafe state.pool.count < min(max(wanted, state.plan.window), filter.count)
  }

  var scanStep: Int { unsafe 2 &* base.degree }

  func resetScan(_ state: inout WalkState) { state.pool.reset(window: 1, limit: state.plan.kept) }

  @inline(__always)
  func scan(
    _ query: WalkQuery,
    _ nodes: UnsafePointer<UInt32>,
    count: Int,
    _ state: inout WalkState
  ) {
    unsafe needle_prefetch_rows(base.codec.start, base.codec.rowBytes, nodes, count)
    unsafe base.codec.measure(query, nodes, count: count, into: state.orders)
    unsafe state.pool.insert(nodes, orders: state.orders, count: count)
  }
}

extension SlimLayout: @unsafe FilterableLayout where Codec: StoredRowCodec {
  func filtered(by filter: NodeFilterView) -> FilteredSlimLayout<Codec> {
    unsafe FilteredSlimLayout(base: self, filter: filter)
  }
}

/// A walk over a fat layout that goes by all nodes, since their estimates cost nothing more, and ranks
/// those that match.
@unsafe
struct FilteredFatLayout: @unsafe ScanLayout {
  let base: FatLayout
  let filter: NodeFilterView

  var entries: EntryView { unsafe filter.entries }
  var visitsApart: Bool { false }

  @inline(__always)
  func reset(_ state: inout WalkState) { unsafe base.reset(&state) }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe base.measure(
      query,
      entries: places,
      among: filter.entryCodes,
      count: count,
      into: orders
    )
  }

  @inline(__always)
  func enter(at node: UInt32, order: UInt32, _ query: WalkQuery, _ state: inout WalkState) {
    unsafe base.enter(at: node, order: order, query, &state)
  }

  func ranks(_ state: borrowing WalkState) -> Bool { true }

  @inline(__always)
  func approach(_ state: inout WalkState) { unsafe base.approach(&state) }

  func visit(_ state: inout WalkState) {}

  @inline(__always)
  func measure(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) {
    try unsafe base.measure(query, ranksOwn: filter.matches(state.node), &state)
  }

  func complete(_ query: WalkQuery, _ state: inout WalkState) {
    unsafe base.complete(query, &state) { unsafe filter.matches($0) }
  }

  /// Fewer matches than are ranked again mean that few of the nodes around the query match.
  func fallsShort(of wanted: Int, _ state: borrowing WalkState) -> Bool {
    guard state.scanned == 0 else { return false }
    return unsafe state.ranked.count < min(max(wanted, state.plan.kept), filter.count)
  }

  var scanStep: Int { unsafe FatLayout.rankStep }

  func resetScan(_ state: inout WalkState) {
    state.ranked.reset(window: 1, limit: state.plan.kept)
  }

  @inline(__always)
  func scan(
    _ query: WalkQuery,
    _ nodes: UnsafePointer<UInt32>,
    count: Int,
    _ state: inout WalkState
  ) {
    unsafe base.rank(query, nodes, count: count, &state)
  }
}

extension FatLayout: @unsafe FilterableLayout {
  func filtered(by filter: NodeFilterView) -> FilteredFatLayout {
    unsafe FilteredFatLayout(base: self, filter: filter)
  }
}

extension NodeFilterView {
  /// Calls `body` with the matching nodes, a chunk at a time.
  @inline(__always)
  func eachChunk(of size: Int, _ body: (UnsafePointer<UInt32>, Int) -> Void) {
    var start = 0
    while unsafe start < count {
      let length = unsafe min(size, count &- start)
      unsafe body(nodes + start, length)
      start &+= length
    }
  }
}
