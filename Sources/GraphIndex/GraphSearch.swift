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
    source = QuerySpace(index)
    unsafe ranking = RankingRows(index, filter: filter?.rows)
  }

  /// Answers the queries of `range`, with one walk per slot at a time.
  func answer<Layout: FilterableLayout>(
    _ range: Range<Int>,
    with slots: [SearchSlot],
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
    with slots: [SearchSlot],
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: slots.count) {
      let asked = slots.prefix(range.upperBound - first)
      for (place, slot) in asked.enumerated() {
        load(slot, first + place)
        unsafe layout.beginScan(plan, &slot.state.pointee)
      }
      unsafe layout.filter.eachChunk(of: layout.scanStep) { nodes, count in
        for slot in asked {
          unsafe layout.scan(
            slot.forms.pointee.walked,
            nodes,
            count: count,
            &slot.state.pointee
          )
        }
      }
      for (place, slot) in asked.enumerated() {
        try finish(slot, first + place, layout, into: results)
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
    with slots: [SearchSlot],
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    var plan = plan
    plan.takesTurns = slots.count > 1
    var waiting = range
    // Whether each slot has a step to make, and its query.
    var under: [(slot: SearchSlot, query: Int)] = []
    under.reserveCapacity(slots.count)
    var (distances, expanded, scans) = (0, 0, 0)
    for slot in slots {
      guard let query = waiting.popFirst() else { break }
      try start(slot, query, plan, layout)
      under.append((slot, query))
    }
    while !under.isEmpty {
      var turn = 0
      while turn < under.count {
        let (slot, query) = under[turn]
        if try unsafe layout.advance(slot.forms.pointee.walked, &slot.state.pointee) {
          turn &+= 1
          continue
        }
        try finish(slot, query, layout, into: results)
        unsafe distances &+= slot.state.pointee.measured
        unsafe expanded &+= slot.state.pointee.expanded
        unsafe scans &+= slot.state.pointee.scanned > 0 ? 1 : 0
        guard let next = waiting.popFirst() else {
          under.remove(at: turn)
          continue
        }
        try start(slot, next, plan, layout)
        under[turn].query = next
        turn &+= 1
      }
    }
    counts.add(queries: range.count, distances: distances, expanded: expanded, scans: scans)
  }

  @inline(__always)
  private func start<Layout: WalkLayout>(
    _ slot: SearchSlot,
    _ query: Int,
    _ plan: WalkPlan,
    _ layout: Layout
  ) throws(BadLink) {
    load(slot, query)
    _ = unsafe layout.begin(slot.forms.pointee.walked, plan, &slot.state.pointee)
  }

  @inline(__always)
  private func load(_ slot: SearchSlot, _ query: Int) {
    unsafe slot.forms.pointee.load(queries + query * index.summary.dimension, source)
  }

  @inline(__always)
  private func finish<Layout: WalkLayout>(
    _ slot: SearchSlot,
    _ query: Int,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    if unsafe layout.fallsShort(of: wanted, slot.state.pointee) {
      try unsafe layout.extend(slot.forms.pointee.walked, &slot.state.pointee)
    }
    let ranked = unsafe layout.ranks(slot.state.pointee)
    if ranked {
      unsafe slot.ranking.pointee.take(slot.state.pointee.ranked, most: plan.kept)
    } else {
      unsafe slot.ranking.pointee.take(slot.state.pointee.pool, most: plan.kept)
    }
    unsafe slot.ranking.pointee.prefetch(ranking)
    unsafe slot.ranking.pointee.finish(
      ranking,
      slot.forms.pointee,
      k: k,
      query: query,
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
