internal import CKernels
internal import IndexStore
internal import IntegerScan
package import VectorCore

/// A graph with its nodes, ready to be searched.
package struct HNSWIndex: StoredIndex, ObservedIndex, ExplainedIndex {
  package let summary: IndexSummary
  package let ids: VectorIDs
  let nodes: GraphNodes
  /// The space of the codes; `nil` where vectors are compared as they are.
  let space: ScanSpace?
  let store: NodeStore
  /// What the forms of queries are made with.
  let querySpace: QuerySpace?
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
          let taken = slots.take(min(range.count, store.layout.walks), for: self)
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
    let least = store.layout.marksNodes ? 1 : k
    let window = min(count, max(least, parameters.integer("efSearch")))
    let asked = parameters.integer("rerank")
    let kept = asked > 0 ? asked : store.kept(for: k, window: window)
    return WalkPlan(window: window, kept: min(count, max(k, kept)))
  }

  /// Calls the search that is specialised for this index's layout and codes.
  private func answer(
    _ search: GraphSearch,
    _ range: Range<Int>,
    with slots: [SearchSlot],
    into results: NearestRows.Writer
  ) throws(BadLink) {
    switch store.layout {
    case .codes(let links, let codes, _):
      guard let start = unsafe codes.codes.baseAddress else { return }
      let kernel = unsafe codes.kernel
      if codes.kind == .bits {
        let codec = unsafe BitCodec(
          kernel: kernel,
          codes: start,
          stride: codes.stride,
          width: codes.width
        )
        try unsafe search.answer(range, with: slots, slim(codec, links), into: results)
      } else {
        let codec = unsafe IntegerCodec(
          kernel: kernel,
          codes: start,
          stride: codes.stride,
          width: codes.width
        )
        try unsafe search.answer(range, with: slots, slim(codec, links), into: results)
      }
    case .floats(let links, let rows):
      guard let start = unsafe rows.bytes.baseAddress else { return }
      let codec = unsafe FloatCodec(
        start: UnsafeRawPointer(start),
        stride: rows.stride,
        isHalf: rows.isHalf,
        metric: summary.metric
      )
      try unsafe search.answer(range, with: slots, slim(codec, links), into: results)
    case .fat(let rows):
      guard let layout = unsafe rows.layout else { return }
      try unsafe search.answer(range, with: slots, layout, into: results)
    }
  }

  private func slim<Codec: RowCodec>(_ codec: Codec, _ links: GraphLinks) -> SlimLayout<Codec> {
    guard let start = unsafe links.links.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    return unsafe SlimLayout(
      codec: codec,
      links: start,
      count: links.count,
      degree: links.degree,
      entries: links.entries.view
    )
  }

  /// The error for a link that names no node.
  func corrupt(_ bad: BadLink) -> any Error {
    guard let file else { preconditionFailure("a graph just built links to \(bad.link)") }
    let isFat = if case .fat = store.layout { true } else { false }
    return file.corrupt(
      section: isFat ? "fat-rows" : "links",
      place: "node \(bad.node)",
      reason: "links to \(bad.link), which is no node"
    )
  }
}

extension FatRows {
  /// The layout as pointers, valid while the rows are.
  var layout: FatLayout? {
    guard let start = unsafe rows.baseAddress, let codes = unsafe entryCodes.baseAddress else {
      return nil
    }
    return unsafe FatLayout(
      score: needle_fat_kernels_for(needle_simd_level()).pointee.score,
      products: needle_code_kernels_for(needle_simd_level()).pointee.bytes,
      rows: start,
      shape: shape,
      rowBytes: rowBytes,
      count: count,
      entries: entries.view,
      entryCodes: codes
    )
  }
}

extension NodeStore {
  /// Candidates that are ranked again for the `k` nearest: the coarser the codes, the more, and the more
  /// the wider the search.
  func kept(for k: Int, window: Int) -> Int {
    guard rerank.kind != .none else { return k }
    switch layout {
    case .floats, .fat: return max(k + max(5, k / 2), window / 4)
    case .codes(_, let codes, _):
      switch codes.kind {
      case .bytes: return max(k + max(5, k / 2), window / 4)
      case .nibbles: return max(k + max(15, k), window / 2)
      case .bits: return max(k + max(60, 4 * k), window)
      }
    }
  }
}

extension NodeStore.Layout {
  /// Walks under way at a time in a batch: more gain nothing.
  var walks: Int { 4 }
}
