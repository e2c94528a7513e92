internal import CKernels
internal import IndexStore
internal import VectorCore

/// Answers a batch of queries with several walks per thread that take turns.
///
/// After each part of a step a walk has asked for what the next part reads, and another goes on while
/// that comes from memory. Walks share nothing, so that each finds what it would find alone.
// @unchecked Sendable because the queries are only read, and stay where they are during a search.
@safe
struct GraphSearch: @unchecked Sendable {
  let index: HNSWIndex
  /// `[n, dimension]`.
  let queries: UnsafePointer<Float>
  let k: Int
  let plan: WalkPlan
  private let filter: NodeFilter?
  private let wanted: Int
  private let counts: WalkCounts
  private let source: QuerySpace?
  private let ranking: RankingRows

  /// Prepares the answers to queries; where there is a filter, of matching rows.
  init(
    index: HNSWIndex,
    queries: UnsafePointer<Float>,
    k: Int,
    plan: WalkPlan,
    counts: WalkCounts,
    filter: NodeFilter?
  ) {
    self.index = index
    unsafe self.queries = queries
    self.k = k
    self.plan = plan
    self.counts = counts
    self.filter = filter
    wanted = min(k, filter?.nodes.count ?? index.nodes.count)
    source = index.querySpace
    unsafe ranking = index.ranking.matching(filter?.rows)
  }

  /// Answers the queries of `range`, up to ``HNSWIndex/walks`` at a time.
  func answer<Layout: FilterableLayout>(
    _ range: Range<Int>,
    with slots: SearchSlots,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    guard let filter else { return try walk(range, with: slots, layout, into: results) }
    let filtered = unsafe layout.filtered(by: filter.view)
    if plan.scans {
      try scan(range, with: slots, filtered, into: results)
    } else {
      try walk(range, with: slots, filtered, into: results)
    }
  }

  /// Measures all nodes of the filter for every query, for as many queries at a time as there are slots:
  /// what was read for one is there for the others.
  private func scan<Layout: ScanLayout>(
    _ range: Range<Int>,
    with slots: SearchSlots,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    let most = min(range.count, HNSWIndex.walks)
    let all = unsafe slots.prepared(most, for: index)
    slots.block.reset()
    for first in stride(from: range.lowerBound, to: range.upperBound, by: most) {
      let count = min(most, range.upperBound - first)
      var waiting = first..<first + count
      for place in 0..<count {
        let slot = unsafe all[place]
        _ = unsafe slots.block.next(of: &waiting, queries, source, into: slot.forms)
        unsafe layout.beginScan(plan, &slot.state.pointee)
      }
      unsafe layout.filter.eachChunk(of: layout.scanStep) { nodes, length in
        for place in 0..<count {
          let slot = unsafe all[place]
          unsafe layout.scan(slot.forms.pointee.walked, nodes, count: length, &slot.state.pointee)
        }
      }
      for place in 0..<count {
        unsafe all[place].query = first + place
        try unsafe finish(all[place], layout, into: results)
      }
    }
    let matches = filter?.nodes.count ?? 0
    counts.add(
      queries: range.count,
      distances: range.count * matches,
      expanded: 0,
      scans: range.count
    )
  }

  private func walk<Layout: WalkLayout>(
    _ range: Range<Int>,
    with slots: SearchSlots,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    let most = min(range.count, HNSWIndex.walks)
    var plan = plan
    plan.takesTurns = most > 1
    var waiting = range
    let block = slots.block
    block.reset()
    var (distances, expanded, scans) = (0, 0, 0)
    // The first of the slots are those of the walks under way.
    let all = unsafe slots.prepared(most, for: index)
    var under = 0
    while under < most, try unsafe start(&all[under], &waiting, block, plan, layout) { under &+= 1 }
    while under > 0 {
      var turn = 0
      while turn < under {
        let slot = unsafe all[turn]
        let before = turn == 0 ? under &- 1 : turn &- 1
        unsafe slot.state.pointee.other = all[before].state.pointee.node
        if try unsafe layout.advance(slot.forms.pointee.walked, &slot.state.pointee) {
          turn &+= 1
          continue
        }
        try finish(slot, layout, into: results)
        unsafe distances &+= slot.state.pointee.measured
        unsafe expanded &+= slot.state.pointee.expanded
        unsafe scans &+= slot.state.pointee.scanned > 0 ? 1 : 0
        if try unsafe start(&all[turn], &waiting, block, plan, layout) {
          turn &+= 1
        } else {
          under &-= 1
          unsafe (all[turn], all[under]) = unsafe (all[under], slot)
        }
      }
    }
    withExtendedLifetime(slots) {}
    counts.add(queries: range.count, distances: distances, expanded: expanded, scans: scans)
  }

  /// Begins the walk of the next query that waits, if there is one.
  @inline(__always)
  private func start<Layout: WalkLayout>(
    _ slot: inout SearchSlots.Slot,
    _ waiting: inout Range<Int>,
    _ block: QueryBlock,
    _ plan: WalkPlan,
    _ layout: Layout
  ) throws(BadLink) -> Bool {
    guard let query = unsafe block.next(of: &waiting, queries, source, into: slot.forms) else {
      return false
    }
    slot.query = query
    _ = unsafe layout.begin(slot.forms.pointee.walked, plan, &slot.state.pointee)
    return true
  }

  @inline(__always)
  private func finish<Layout: WalkLayout>(
    _ slot: SearchSlots.Slot,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    if unsafe slot.state.pointee.scanned == 0 {
      unsafe layout.complete(slot.forms.pointee.walked, &slot.state.pointee)
    }
    if unsafe layout.fallsShort(of: wanted, slot.state.pointee) {
      try unsafe layout.extend(slot.forms.pointee.walked, &slot.state.pointee)
    }
    if unsafe layout.ranks(slot.state.pointee) {
      unsafe slot.ranking.pointee.take(
        slot.state.pointee.ranked,
        most: plan.kept,
        unit: slot.forms.pointee.ownUnit
      )
    } else {
      unsafe slot.ranking.pointee.take(slot.state.pointee.pool, most: plan.kept)
    }
    unsafe slot.ranking.pointee.prefetch(ranking)
    unsafe slot.ranking.pointee.finish(
      ranking,
      slot.forms.pointee,
      k: k,
      query: slot.query,
      into: results
    )
  }
}

extension NodeStore.Layout {
  /// What one unit of a fat row's own codes stands for.
  var fatUnit: Float {
    if case .fat(let rows) = self { rows.unit } else { 1 }
  }
}
