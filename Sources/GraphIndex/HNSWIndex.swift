internal import IndexStore
package import VectorCore

/// A graph with its vectors, ready to be searched.
package struct HNSWIndex: StoredIndex {
  package let summary: IndexSummary
  package let ids: VectorIDs
  let vectors: VectorRows
  package let graph: HNSWGraph
  /// Where the index was opened from, for messages about corrupt links.
  let file: IndexFile?
  private let workers = WorkerStore()

  init(
    summary: IndexSummary,
    ids: VectorIDs,
    vectors: VectorRows,
    graph: HNSWGraph,
    file: IndexFile?
  ) {
    self.summary = summary
    self.ids = ids
    self.vectors = vectors
    self.graph = graph
    self.file = file
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
    let beam = max(k, resolved.integer("efSearch"))
    let dimension = summary.dimension
    let queryCount = queries.count / dimension
    var found = NearestRows(queryCount: queryCount, k: k)
    let search = InterleavedSearch(
      queries: Array(copying: queries),
      dimension: dimension,
      index: self,
      beam: beam,
      k: k
    )
    try found.write { results in
      // A range is shared by walks that take turns, so that each waits for memory while another
      // computes: long enough that they rarely run out of queries, short enough for every thread
      // to get several.
      let length = max(1, min(64, queryCount / (4 * threads)))
      try parallelFor(queryCount, chunk: length, threads: threads) { _, range in
        let walkers = (0..<min(range.count, InterleavedSearch.walks)).map { _ in
          workers.take(nodes: vectors.count, degree: graph.layers[0].degree, stride: vectors.stride)
        }
        defer { for walker in walkers { workers.giveBack(walker) } }
        do throws(BadLink) {
          try search.answer(range, with: walkers, into: results)
        } catch {
          throw corrupt(error)
        }
      }
    }
    return found
  }
}
