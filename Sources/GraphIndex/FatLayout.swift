internal import CKernels

/// A node's own codes, its links and 4-bit codes of its neighbors in one row: a step reads one row and
/// knows about where all neighbors lie.
///
/// After SymphonyQG, arXiv:2411.12229. The pool holds estimates; the ranking, nodes with their own
/// distances: those that were expanded, and the next ones in the pool.
@unsafe
struct FatLayout: @unsafe WalkLayout {
  let score: needle_fat_score_pointer
  let own: needle_fat_own_pointer
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
    state.pool.reset(window: state.plan.window, limit: state.plan.window &+ state.plan.spare)
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

  /// Ranks nodes by their own distances.
  @inline(__always)
  func rank(
    _ query: WalkQuery,
    _ nodes: UnsafePointer<UInt32>,
    count: Int,
    _ state: inout WalkState
  ) {
    for place in 0..<count {
      unsafe needle_prefetch_bytes(rows + Int(nodes[place]) &* rowBytes, shape.width)
    }
    var fat = unsafe query.fat.unsafelyUnwrapped
    unsafe own(rows, shape, &fat, nodes, count, state.orders)
    unsafe state.ranked.insert(nodes, orders: state.orders, count: count)
  }

  /// Nodes that ``rank(_:_:count:_:)`` takes at a time.
  static let rankStep = 32

  func complete(_ query: WalkQuery, _ state: inout WalkState) {
    unsafe complete(query, &state, where: { _ in true })
  }

  /// Ranks the nodes in the pool that were not expanded and that `matches` accepts.
  ///
  /// An estimate errs by more than the nearest nodes differ, and the codes of several nodes come from
  /// memory in the time of one row.
  @inline(__always)
  func complete(_ query: WalkQuery, _ state: inout WalkState, where matches: (UInt32) -> Bool) {
    var place = state.plan.window
    while place < state.pool.count {
      var count = 0
      while unsafe place < state.pool.count && count < Self.rankStep {
        let key = state.pool[place]
        place &+= 1
        let node = CandidatePool.node(key)
        guard !CandidatePool.isExpanded(key), matches(node) else { continue }
        unsafe state.nodes[count] = node
        count &+= 1
      }
      unsafe rank(query, state.nodes, count: count, &state)
      state.measured &+= count
    }
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
    if !state.plan.takesTurns, state.asked != state.node { unsafe ask(for: state.node, &state) }
    // Perhaps the last step: what comes after it is asked for meanwhile.
    if state.pool.upcomingKey == CandidatePool.nothing { unsafe askForSpare(state) }
  }

  /// Asks for the codes of the nodes behind the window.
  private func askForSpare(_ state: borrowing WalkState) {
    var place = state.plan.window
    while place < state.pool.count {
      let row = unsafe rows + Int(CandidatePool.node(state.pool[place])) &* rowBytes
      unsafe needle_prefetch_bytes(row, shape.width)
      place &+= 1
    }
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
