internal import IndexStore
internal import VectorCore

/// Answers a batch of queries with several walks that take turns.
///
/// After each half step a walk has asked for the rows that it measures next, and another goes on
/// while they come from memory. Walks share nothing, so that each finds what it would find alone.
struct InterleavedSearch: Sendable {
  /// Queries, `[n, dimension]`.
  let queries: [Float]
  let dimension: Int
  let index: HNSWIndex
  /// Candidates kept by a walk, at least `k`.
  let beam: Int
  let k: Int

  /// Walks under way at a time; more than two gain nothing over the prefetching of one.
  static let walks = 2

  /// Answers the queries of `range` with one walk per worker at a time.
  func answer(
    _ range: Range<Int>,
    with workers: [SearchWorker],
    into results: NearestRows.Writer
  ) throws(BadLink) {
    try unsafe index.vectors.withDistances(index.summary.metric) { distances throws(BadLink) in
      try unsafe index.graph.withBase { base throws(BadLink) in
        var next = range.lowerBound
        var walking: [(worker: SearchWorker, query: Int)] = []
        for worker in workers {
          try unsafe begin(worker, next, distances)
          walking.append((worker, next))
          next += 1
        }
        while !walking.isEmpty {
          var turn = 0
          while turn < walking.count {
            let (worker, query) = walking[turn]
            if try unsafe step(worker, base, distances) {
              turn += 1
              continue
            }
            try unsafe finish(worker, query, distances, into: results)
            if next < range.upperBound {
              try unsafe begin(worker, next, distances)
              walking[turn].query = next
              next += 1
              turn += 1
            } else {
              walking.remove(at: turn)
            }
          }
        }
      }
    }
  }

  /// Loads a query, walks down to the base layer, and makes the first half step there.
  private func begin(
    _ worker: SearchWorker,
    _ query: Int,
    _ distances: RowDistances
  ) throws(BadLink) {
    worker.load(queries, query: query, dimension: dimension)
    try unsafe index.graph.begin(
      worker.query,
      beam: beam,
      distances: distances,
      scratch: &worker.walk
    )
  }

  /// Measures what is pending and expands the next node; returns whether there was one.
  private func step(
    _ worker: SearchWorker,
    _ base: LayerLinks<BaseRows>,
    _ distances: RowDistances
  ) throws(BadLink) -> Bool {
    unsafe measurePending(worker.query, in: base, distances: distances, scratch: &worker.walk)
    guard try unsafe expandNearest(in: base, scratch: &worker.walk) else { return false }
    unsafe prefetchPending(in: base, distances: distances, scratch: &worker.walk)
    return true
  }

  /// Writes a query's results.
  private func finish(
    _ worker: SearchWorker,
    _ query: Int,
    _ distances: RowDistances,
    into results: NearestRows.Writer
  ) throws(BadLink) {
    if worker.walk.pool.count < k {
      try unsafe index.graph.extend(worker.query, distances: distances, scratch: &worker.walk)
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
