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
    let block = block(of: slots)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: slots.count) {
      let asked = slots.prefix(range.upperBound - first)
      var waiting = first..<first + asked.count
      for slot in asked {
        _ = unsafe block.next(of: &waiting, queries, source, into: slot.memory.forms)
        unsafe layout.beginScan(plan, &slot.memory.state.pointee)
      }
      unsafe layout.filter.eachChunk(of: layout.scanStep) { nodes, count in
        for slot in asked {
          unsafe layout.scan(
            slot.memory.forms.pointee.walked,
            nodes,
            count: count,
            &slot.memory.state.pointee
          )
        }
      }
      for (place, slot) in asked.enumerated() {
        try finish(slot.memory, first + place, layout, into: results)
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
    let block = block(of: slots)
    var (distances, expanded, scans) = (0, 0, 0)
    // The walks under way, by pointers: to count references to slots would take a tenth of a walk.
    var under: [(memory: SearchSlot.Memory, query: Int)] = []
    under.reserveCapacity(slots.count)
    for slot in slots {
      guard let query = try start(slot.memory, &waiting, block, plan, layout) else { break }
      under.append((slot.memory, query))
    }
    while !under.isEmpty {
      var turn = 0
      while turn < under.count {
        let (memory, query) = under[turn]
        let before = turn == 0 ? under.count &- 1 : turn &- 1
        unsafe memory.state.pointee.other = under[before].memory.state.pointee.node
        if try unsafe layout.advance(memory.forms.pointee.walked, &memory.state.pointee) {
          turn &+= 1
          continue
        }
        try finish(memory, query, layout, into: results)
        unsafe distances &+= memory.state.pointee.measured
        unsafe expanded &+= memory.state.pointee.expanded
        unsafe scans &+= memory.state.pointee.scanned > 0 ? 1 : 0
        guard let next = try start(memory, &waiting, block, plan, layout) else {
          under.remove(at: turn)
          continue
        }
        under[turn].query = next
        turn &+= 1
      }
    }
    withExtendedLifetime(slots) {}
    counts.add(queries: range.count, distances: distances, expanded: expanded, scans: scans)
  }

  /// Begins the walk of the next query that waits; returns its number.
  @inline(__always)
  private func start<Layout: WalkLayout>(
    _ memory: SearchSlot.Memory,
    _ waiting: inout Range<Int>,
    _ block: QueryBlock,
    _ plan: WalkPlan,
    _ layout: Layout
  ) throws(BadLink) -> Int? {
    guard let query = unsafe block.next(of: &waiting, queries, source, into: memory.forms) else {
      return nil
    }
    _ = unsafe layout.begin(memory.forms.pointee.walked, plan, &memory.state.pointee)
    return query
  }

  private func block(of slots: [SearchSlot]) -> QueryBlock {
    let block = slots[0].block(for: index)
    block.reset()
    return block
  }

  @inline(__always)
  private func finish<Layout: WalkLayout>(
    _ memory: SearchSlot.Memory,
    _ query: Int,
    _ layout: Layout,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    if unsafe layout.fallsShort(of: wanted, memory.state.pointee) {
      try unsafe layout.extend(memory.forms.pointee.walked, &memory.state.pointee)
    }
    let ranked = unsafe layout.ranks(memory.state.pointee)
    if ranked {
      unsafe memory.ranking.pointee.take(memory.state.pointee.ranked, most: plan.kept)
    } else {
      unsafe memory.ranking.pointee.take(memory.state.pointee.pool, most: plan.kept)
    }
    unsafe memory.ranking.pointee.prefetch(ranking)
    unsafe memory.ranking.pointee.finish(
      ranking,
      memory.forms.pointee,
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
