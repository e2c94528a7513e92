internal import CKernels

/// A node's own codes, its links and 4-bit codes of its neighbors in one row: a step reads one row and
/// knows about where all neighbors lie.
///
/// After SymphonyQG, arXiv:2411.12229. The pool holds estimates; the ranking, the nodes that were
/// expanded with their own distances.
@unsafe
struct FatLayout: @unsafe WalkLayout {
  let score: needle_fat_score_pointer
  let products: needle_code_products_pointer
  let nibbles: needle_code_products_pointer
  let rows: UnsafePointer<UInt8>
  let shape: needle_fat_shape
  let rowBytes: Int
  let count: Int
  let entries: EntryView
  /// See ``FatRows/codes(of:)``.
  let entryCodes: UnsafePointer<UInt8>

  @inline(__always)
  func reset(_ state: inout WalkState) {
    state.pool.reset(window: state.plan.window, limit: state.plan.window)
    state.ranked.reset(window: 1, limit: state.plan.kept)
    state.seen.reset(expecting: 8 &* state.plan.window)
    state.asked = GraphLinks.none
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe measure(query, entries: places, among: entryCodes, count: count, into: orders)
  }

  /// The same for entry points of others' codes.
  @inline(__always)
  func measure(
    _ query: WalkQuery,
    entries places: UnsafePointer<UInt32>,
    among codes: UnsafePointer<UInt8>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    let width = unsafe FatRows.entryWidth(shape)
    unsafe orders.withMemoryRebound(to: Int32.self, capacity: count) { found in
      unsafe nibbles(query.wide.high, codes, width / 2, width, places, count, found)
    }
    for place in 0..<count { unsafe orders[place] ^= 0x7FFF_FFFF }
  }

  /// Writes the orders of nodes' own distances.
  @inline(__always)
  func measure(
    _ query: WalkQuery,
    nodes: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    for place in 0..<count {
      unsafe needle_prefetch_bytes(rows + Int(nodes[place]) &* rowBytes, shape.width)
    }
    unsafe orders.withMemoryRebound(to: Int32.self, capacity: count) { found in
      unsafe products(query.wide.high, rows, rowBytes, shape.width, nodes, count, found)
    }
    for place in 0..<count { unsafe orders[place] ^= 0x7FFF_FFFF }
  }

  @inline(__always)
  func enter(at node: UInt32, order: UInt32, _ query: WalkQuery, _ state: inout WalkState) {
    var node = node
    guard state.seen.insert(node) else { return }
    let fat = unsafe query.fat.unsafelyUnwrapped
    // Half a byte stands for what it has in the middle: 16 · code + 7.5, of codes whose zero is 128.
    let upper = Float(Int32(bitPattern: order ^ 0x7FFF_FFFF))
    let product = unsafe 16 * upper - 120.5 * Float(fat.high_sum)
    var order = unsafe needle_distance_order(-fat.own_scale * 128 * product)
    unsafe state.pool.insert(&node, orders: &order, count: 1)
  }

  func ranks(_ state: borrowing WalkState) -> Bool { true }

  @inline(__always)
  func approach(_ state: inout WalkState) {
    guard !state.plan.takesTurns, state.asked != state.node else { return }
    unsafe ask(for: state.node, &state)
  }

  /// Asks for a row.
  @inline(__always)
  private func ask(for node: UInt32, _ state: inout WalkState) {
    state.asked = node
    unsafe needle_prefetch_bytes(rows + Int(node) &* rowBytes, rowBytes)
  }

  /// Rows to ask for while one is measured: where walks take turns, that of the one before; else those that
  /// come next.
  @inline(__always)
  private func ahead(_ state: inout WalkState) -> needle_fat_ahead {
    if state.other != state.node {
      return unsafe needle_fat_ahead(first: rows + Int(state.other) &* rowBytes, second: nil)
    }
    var ahead = unsafe needle_fat_ahead(first: nil, second: nil)
    var first = GraphLinks.none
    state.pool.eachUpcoming(2) {
      let row = unsafe rows + Int($0) &* rowBytes
      if unsafe ahead.first == nil {
        unsafe ahead.first = row
        first = $0
      } else {
        unsafe ahead.second = row
      }
    }
    state.asked = first
    return unsafe ahead
  }

  var visitsApart: Bool { false }

  func visit(_ state: inout WalkState) {}

  @inline(__always)
  func measure(_ query: WalkQuery, _ state: inout WalkState) throws(BadLink) {
    try unsafe measure(query, ranksOwn: true, &state)
  }

  /// The same, with the choice whether the node itself is ranked.
  @inline(__always)
  func measure(
    _ query: WalkQuery,
    ranksOwn: Bool,
    _ state: inout WalkState
  ) throws(BadLink) {
    let row = unsafe rows + Int(state.node) &* rowBytes
    var own: Float = 0
    var fat = unsafe query.fat.unsafelyUnwrapped
    let ahead = unsafe ahead(&state)
    let found = unsafe score(
      row,
      shape,
      &fat,
      state.pool.bound,
      ahead,
      &own,
      state.orders,
      state.nodes
    )
    unsafe state.measured &+= 1 &+ shape.blocks &* Int(needle_fat_block)
    if ranksOwn {
      var order = needle_distance_order(-own)
      unsafe state.ranked.insert(&state.node, orders: &order, count: 1)
    }
    var fresh = 0
    var nearest = CandidatePool.nothing
    let limit = unsafe UInt32(truncatingIfNeeded: count)
    for place in 0..<found {
      let node = unsafe state.nodes[place]
      guard node < limit else { throw BadLink(node: state.node, link: node) }
      guard state.seen.insert(node) else { continue }
      unsafe state.nodes[fresh] = node
      let order = unsafe state.orders[place]
      unsafe state.orders[fresh] = order
      nearest = min(nearest, CandidatePool.key(order, node))
      fresh &+= 1
    }
    // A row that will be the next is asked for before the pool is in order, which takes a while.
    if !state.plan.takesTurns, nearest < state.pool.upcomingKey {
      unsafe ask(for: CandidatePool.node(nearest), &state)
    }
    unsafe state.pool.insert(state.nodes, orders: state.orders, count: fresh)
  }
}
