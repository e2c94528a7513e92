/// The nearest other vectors of each vector of a set, found by an index of the set.
package struct OwnNeighbors: Sendable {
  /// Row numbers, `[count, k]`: nearest first, ties by row, never the vector itself.
  package let rows: SharedArray<UInt32>
  /// The metric's own values, `[count, k]`, where they were asked for.
  package let scores: SharedArray<Float>?

  /// Queries per call: enough that each list is scanned for many of them at once.
  private static let mostQueries = 8_192
  /// Neighbors per call, which bounds the memory for answers of a large k.
  private static let mostNeighbors = 16 << 20

  /// Searches `index` for every vector of `vectors`, which it holds, in the order of its lists where
  /// it has some.
  ///
  /// - Parameters:
  ///   - vectors: the indexed vectors.
  ///   - index: the index.
  ///   - k: neighbors per vector, below the number of vectors.
  ///   - parameters: of the search.
  ///   - wider: parameters for vectors of which too few neighbors were found.
  ///   - scores: whether scores are kept.
  ///   - threads: how many threads may work.
  ///   - progress: called after each batch with the number of vectors done.
  /// - Throws: what reading the vectors and searching throw.
  package init(
    of vectors: VectorSet,
    in index: any VectorIndex,
    k: Int,
    parameters: Parameters,
    wider: Parameters,
    scores: Bool = false,
    threads: Int,
    progress: (Int) -> Void = { _ in }
  ) throws {
    let count = vectors.count
    let metric = index.summary.metric
    let order = (index as? any ListedIndex)?.rowsByList
    let target = Target(count: count, k: k, metric: metric, scores: scores)
    let batch = max(64, min(Self.mostQueries, Self.mostNeighbors / (k + 1)))
    for start in stride(from: 0, to: count, by: batch) {
      progress(start)
      let places = start..<min(start + batch, count)
      let queries = places.map { place in order?[place] ?? UInt32(place) }
      let short = try Self.answer(queries, of: vectors, in: index, parameters, threads, target)
      guard !short.isEmpty else { continue }
      let left = try Self.answer(short, of: vectors, in: index, wider, threads, target)
      precondition(left.isEmpty, "\(left.count) vectors have fewer than \(k) neighbors")
    }
    rows = target.rows.frozen()
    self.scores = target.scores?.frozen()
  }

  /// Searches for some rows and writes their neighbors; returns the rows for which too few were found.
  private static func answer(
    _ queries: [UInt32],
    of vectors: VectorSet,
    in index: any VectorIndex,
    _ parameters: Parameters,
    _ threads: Int,
    _ target: Target
  ) throws -> [UInt32] {
    let values = MutableMemory<Float>(count: queries.count * vectors.dimension)
    let set = vectors.subset(queries)
    let metric = index.summary.metric
    try parallelFor(queries.count, chunk: 256, threads: threads) { _, range in
      let places = range.lowerBound * set.dimension..<range.upperBound * set.dimension
      var span = unsafe UnsafeMutableBufferPointer(rebasing: values.elements[places]).mutableSpan
      try set.copyRows(range, preparedFor: metric, into: &span)
    }
    let found = try unsafe values.frozen().withUnsafeBufferPointer { values in
      try unsafe index.nearestRows(
        to: values.span,
        k: target.k + 1,
        parameters: parameters,
        threads: threads
      )
    }
    parallelFor(queries.count, chunk: 256, threads: threads) { _, range in
      for query in range { target.write(found, query, as: queries[query]) }
    }
    return queries.enumerated().filter { query, row in
      !target.isComplete(found, query, as: row)
    }.map(\.element)
  }

  /// The neighbors while they are written, those of a row by one thread.
  private final class Target: Sendable {
    let k: Int
    let rows: MutableMemory<UInt32>
    let scores: MutableMemory<Float>?
    private let metric: Metric

    init(count: Int, k: Int, metric: Metric, scores: Bool) {
      self.k = k
      self.metric = metric
      rows = MutableMemory(count: count * k)
      self.scores = scores ? MutableMemory(count: count * k) : nil
    }

    /// Writes what was found for a query as the neighbors of `row`: without the row itself, which is
    /// not always among the answers, nor always the first of them.
    func write(_ found: NearestRows, _ query: Int, as row: UInt32) {
      let first = query * found.k
      var place = Int(row) * k
      let end = place + k
      for answer in first..<first + found.counts[query] where found.rows[answer] != row {
        guard place < end else { return }
        unsafe rows.elements[place] = found.rows[answer]
        if let scores {
          unsafe scores.elements[place] = metric.score(fromDistance: found.distances[answer])
        }
        place += 1
      }
    }

    /// Whether as many neighbors were found as `row` should have.
    func isComplete(_ found: NearestRows, _ query: Int, as row: UInt32) -> Bool {
      if found.counts[query] > k { return true }
      let first = query * found.k
      return found.counts[query] == k && !found.rows[first..<first + k].contains(row)
    }
  }
}
