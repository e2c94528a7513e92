internal import CKernels
internal import IndexStore
internal import Synchronization
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
    let all = Array(copying: queries)
    try found.write { results in
      try parallelFor(queryCount, chunk: 16, threads: threads) { _, range in
        let worker = workers.take(
          nodes: vectors.count,
          degree: graph.layers[0].degree,
          stride: vectors.stride
        )
        defer { workers.giveBack(worker) }
        for query in range {
          try search(all, query, beam: beam, k: k, worker, into: results)
        }
      }
    }
    return found
  }

  private func search(
    _ queries: [Float],
    _ query: Int,
    beam: Int,
    k: Int,
    _ worker: SearchWorker,
    into results: NearestRows.Writer
  ) throws {
    worker.load(queries, query: query, dimension: summary.dimension)
    do throws(BadLink) {
      try unsafe vectors.withDistances(summary.metric) { distances throws(BadLink) in
        try unsafe graph.search(
          worker.query,
          beam: beam,
          wanted: k,
          distances: distances,
          scratch: &worker.walk
        )
      }
    } catch {
      throw corrupt(error)
    }
    let count = min(k, worker.walk.pool.count)
    for rank in 0..<count {
      let key = worker.walk.pool[rank]
      results.set(
        query: query,
        rank: rank,
        row: CandidatePool.node(key),
        distance: CandidatePool.distance(key)
      )
    }
    results.setCount(query: query, count)
  }
}
