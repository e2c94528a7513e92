internal import CKernels
internal import IndexStore
internal import IntegerScan
package import VectorCore

/// A graph with its nodes, ready to be searched.
///
/// A class, with pointers into its parts at hand: to count their references for every call would take as long
/// as preparing the query.
// @unchecked Sendable because the pointers are into parts that never change.
@safe
package final class HNSWIndex: StoredIndex, ObservedIndex, ExplainedIndex, @unchecked Sendable {
  package let summary: IndexSummary
  package let ids: VectorIDs
  let nodes: GraphNodes
  /// The space of the codes; `nil` where vectors are compared as they are.
  let space: ScanSpace?
  let store: NodeStore
  /// What the forms of queries are made with.
  let querySpace: QuerySpace?
  /// What candidates are ranked by, and what walks go over.
  let ranking: RankingRows
  private let walked: WalkedLayout?
  private let coarseness: Coarseness
  /// Where the index was opened from, for messages about corrupt links.
  let file: IndexFile?
  let counts = WalkCounts()
  /// What the construction chose and why; empty for an index that was opened.
  package let reason: String
  private let slots = SlotStore()

  package var observations: [SearchObservation] { counts.observations }

  init(
    summary: IndexSummary,
    ids: VectorIDs,
    nodes: GraphNodes,
    space: ScanSpace?,
    store: NodeStore,
    file: IndexFile?,
    reason: String = ""
  ) {
    self.summary = summary
    self.ids = ids
    self.nodes = nodes
    self.space = space
    self.store = store
    querySpace = QuerySpace(space, store.layout)
    unsafe ranking = RankingRows(nodes, store, summary.metric)
    unsafe walked = WalkedLayout(store, metric: summary.metric)
    coarseness = Coarseness(store)
    self.file = file
    self.reason = reason
  }

  package func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let resolved = try parameters.resolved(
      against: HNSWParameters.searchDescriptions,
      owner: HNSWBackend.name
    )
    let plan = plan(k: k, resolved)
    return try answer(queries, k: k, plan: plan, counts: counts, filter: nil, threads: threads)
  }

  /// Answers queries with rows of a filter, or with any.
  func answer(
    _ queries: Span<Float>,
    k: Int,
    plan: WalkPlan,
    counts: WalkCounts,
    filter: NodeFilter?,
    threads: Int
  ) throws -> NearestRows {
    let queryCount = queries.count / summary.dimension
    var found = NearestRows(queryCount: queryCount, k: k)
    try unsafe queries.withUnsafeBufferPointer { queries in
      guard let first = queries.baseAddress else { return }
      let search = unsafe GraphSearch(
        index: self,
        queries: first,
        k: k,
        plan: plan,
        counts: counts,
        filter: filter
      )
      try found.write { results in
        // A range is shared by walks that take turns: long enough that they rarely run out of
        // queries, short enough for every thread to get several.
        let length = max(1, min(64, queryCount / (4 * threads)))
        try parallelFor(queryCount, chunk: length, threads: threads) { _, range in
          let taken = slots.take(for: self)
          defer { slots.giveBack(taken) }
          do throws(BadLink) {
            try answer(search, range, with: taken, into: results)
          } catch {
            throw corrupt(error)
          }
        }
      }
    }
    return found
  }

  func plan(k: Int, _ parameters: Parameters) -> WalkPlan {
    let count = nodes.count
    let least = isFat ? k : 1
    let window = min(count, max(least, parameters.integer("efSearch")))
    let asked = parameters.integer("rerank")
    let kept = asked > 0 ? asked : coarseness.kept(for: k, window: window)
    return WalkPlan(
      window: window,
      kept: min(count, max(k, kept)),
      spare: isFat ? min(k, count - window) : 0
    )
  }

  private var isFat: Bool { if case .fat = unsafe walked { true } else { false } }

  /// Walks under way at a time in a batch: more gain nothing.
  static let walks = 4

  /// Calls the search that is specialised for this index's layout and codes.
  private func answer(
    _ search: GraphSearch,
    _ range: Range<Int>,
    with slots: SearchSlots,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    switch unsafe walked {
    case .integers(let layout): try unsafe search.answer(range, with: slots, layout, into: results)
    case .bits(let layout): try unsafe search.answer(range, with: slots, layout, into: results)
    case .floats(let layout): try unsafe search.answer(range, with: slots, layout, into: results)
    case .fat(let layout): try unsafe search.answer(range, with: slots, layout, into: results)
    case nil: return
    }
  }

  /// The error for a link that names no node.
  func corrupt(_ bad: BadLink) -> any Error {
    guard let file else { preconditionFailure("a graph just built links to \(bad.link)") }
    return file.corrupt(
      section: isFat ? "fat-rows" : "links",
      place: "node \(bad.node)",
      reason: "links to \(bad.link), which is no node"
    )
  }
}
