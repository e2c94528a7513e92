/// What one walk keeps between its steps; reused, so that a search allocates nothing.
@safe
struct WalkState: ~Copyable {
  var pool = CandidatePool()
  /// Nodes that were expanded, by their own distances: filled by layouts whose pool holds estimates.
  var ranked = CandidatePool()
  var visited: VisitedSet
  var seen = VisitedTable()
  /// The node whose neighbors are measured next.
  var node: UInt32 = 0
  /// The node that another walk expands next, whose memory comes while this one measures; ``node`` where
  /// there is no other.
  var other: UInt32 = 0
  /// The node whose memory was asked for on the guess that it is the next.
  var asked = GraphLinks.none
  /// The entry points at which the walk began, nearest first.
  var entered = LowestOrders()
  /// Whether the neighbors of the node were visited.
  var hasVisited = false
  /// Nodes visited from here on are still to be measured.
  var pending = 0
  /// Nodes that no link led to, but a filter's list of all that match.
  var scanned = 0
  /// Nodes measured or estimated, and nodes expanded, since ``begin(_:_:_:)``.
  var measured = 0
  var expanded = 0
  /// How the walk goes about its business.
  var plan = WalkPlan(window: 1, kept: 1)
  /// Room for the nodes and orders of one step.
  let nodes: UnsafeMutablePointer<UInt32>
  let orders: UnsafeMutablePointer<UInt32>

  /// Makes room for steps of up to `most` nodes of a graph; `nodes` is 0 for layouts that keep no
  /// bit per node.
  init(nodes: Int, most: Int) {
    visited = VisitedSet(nodes: nodes)
    unsafe self.nodes = .allocate(capacity: most + 16)
    unsafe orders = .allocate(capacity: most + 16)
  }

  deinit {
    unsafe nodes.deallocate()
    unsafe orders.deallocate()
  }
}

/// The measures of a walk.
struct WalkPlan {
  /// Nodes that are expanded: efSearch.
  var window: Int
  /// Nodes that are kept for the ranking, at least k.
  var kept: Int
  /// Nodes behind the window that are measured at the end, by layouts whose pool holds estimates.
  var spare = 0
  /// Entry points that a walk begins at, at most 4.
  var entries = 2
  /// Whether another walk goes on while this one waits for its memory.
  var takesTurns = false
  /// Whether a filter's matches are all measured, without a walk.
  var scans = false
}

/// A node number in the index that names no node: its file is corrupt.
struct BadLink: Error, Equatable {
  let node: UInt32
  let link: UInt32
}

/// How nodes, links and codes lie in memory: what a walk asks of them.
///
/// A step has three parts, so that the memory which the next part reads can come while another walk
/// goes on.
protocol WalkLayout {
  /// Nodes at which walks begin.
  var entries: EntryView { get }

  /// Empties the pool and forgets what was visited.
  func reset(_ state: inout WalkState)

  /// Writes the orders of the distances to some entry points, given as places among them; `orders` has
  /// room for 3 more.
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  )

  /// Puts an entry point into the pool, unless it was seen.
  func enter(at node: UInt32, order: UInt32, _ query: WalkQuery, _ state: inout WalkState)

  /// Asks for the links of `state.node`, or all there is of it.
  func approach(_ state: inout WalkState)

  /// Visits the neighbors of `state.node` and asks for the codes of those that are new.
  func visit(_ state: inout WalkState) throws(BadLink)

  /// Measures the neighbors of `state.node` that are new and offers them to the pool.
  func measure(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink)

  /// Whether neighbors are visited before they are measured.
  var visitsApart: Bool { get }

  /// Whether expanded nodes are ranked apart from the pool.
  func ranks(_ state: borrowing WalkState) -> Bool

  /// Measures what a walk that has ended kept behind its window.
  func complete(_ query: WalkQuery, _ state: inout WalkState)

  /// Whether a walk that has ended found too few of `wanted` nodes.
  func fallsShort(of wanted: Int, _ state: borrowing WalkState) -> Bool

  /// Finds what a walk that has ended with too few did not.
  func extend(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink)
}

/// Beam search: Algorithm 2 of Malkov and Yashunin, "Efficient and robust approximate nearest neighbor
/// search using Hierarchical Navigable Small World graphs", arXiv:1603.09320, with candidates and
/// results in one sorted pool.
extension WalkLayout {
  /// Begins a walk at the nearest entry points; returns whether there is a step to make.
  @inline(__always)
  func begin(_ query: WalkQuery, _ plan: WalkPlan, _ state: inout WalkState) -> Bool {
    state.plan = plan
    reset(&state)
    unsafe enterNearest(query, &state)
    return next(&state)
  }

  /// Puts the entry points nearest to the query into the pool.
  private func enterNearest(_ query: WalkQuery, _ state: inout WalkState) {
    let entries = unsafe self.entries
    let (orders, places) = unsafe (state.orders, state.nodes)
    unsafe measure(query, entries: entries.starts, count: entries.groups, into: orders)
    let groups = unsafe LowestOrders(most: EntryPoints.probes, of: orders, count: entries.groups)
    var count = 0
    for rank in 0..<groups.count {
      let group = Int(groups.values[rank])
      for place in unsafe entries.starts[group]..<entries.starts[group + 1] {
        unsafe places[count] = place
        count &+= 1
      }
    }
    unsafe measure(query, entries: places, count: count, into: orders)
    var nearest = unsafe LowestOrders(most: state.plan.entries, of: orders, count: count)
    for rank in 0..<nearest.count {
      let node = unsafe entries.nodes[Int(places[Int(nearest.values[rank])])]
      nearest.values[rank] = node
      unsafe enter(at: node, order: nearest.orders[rank], query, &state)
    }
    state.entered = nearest
    (state.measured, state.expanded, state.scanned) = unsafe (entries.groups &+ count, 0, 0)
  }

  /// Goes on by a part of a step; returns whether there is another.
  @inline(__always)
  func advance(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) -> Bool {
    if !state.hasVisited {
      try visit(&state)
      state.hasVisited = true
      return true
    }
    try unsafe measure(query, &state)
    return next(&state)
  }

  @inline(__always)
  private func next(_ state: inout WalkState) -> Bool {
    guard let node = state.pool.expandNext() else { return false }
    (state.node, state.other) = (node, node)
    state.expanded &+= 1
    state.hasVisited = !visitsApart
    approach(&state)
    return true
  }

  /// Walks from the entry points to the end.
  @inline(__always)
  func walk(_ query: WalkQuery, _ plan: WalkPlan, _ state: inout WalkState) throws(BadLink) {
    guard unsafe begin(query, plan, &state) else { return }
    while try unsafe advance(query, &state) {}
  }

  /// The number of candidates found.
  @inline(__always)
  func found(_ state: borrowing WalkState) -> Int {
    ranks(state) ? state.ranked.count : state.pool.count
  }

  func complete(_ query: WalkQuery, _ state: inout WalkState) {}

  @inline(__always)
  func fallsShort(of wanted: Int, _ state: borrowing WalkState) -> Bool { found(state) < wanted }

  /// Goes on from where every node can be reached.
  func extend(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) {
    state.pool.widen()
    state.measured &+= 1
    unsafe measure(query, entries: entries.starts, count: 1, into: state.orders)
    unsafe enter(at: entries.nodes[0], order: state.orders[0], query, &state)
    guard next(&state) else { return }
    while try unsafe advance(query, &state) {}
  }
}
