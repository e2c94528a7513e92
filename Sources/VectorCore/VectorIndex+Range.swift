extension VectorIndex {
  /// Finds the vectors whose score is at least a threshold, or at most for squared L2 distance.
  ///
  /// What faiss calls a range search. The index is asked for 64 neighbors of each query, and for four
  /// times as many while the last of them is still within the threshold: an exact index finds all that
  /// there are, another what its search parameters find.
  /// - Parameters:
  ///   - queries: `[n, dimension]`, row-major.
  ///   - threshold: the metric's own value; a score that equals it is within.
  ///   - most: the most neighbors of a query, at least 1; `nil` for any number.
  ///   - parameters: search parameters of the backend.
  ///   - threads: how many threads may work on the batch.
  ///   - name: what an error message calls the queries.
  ///   - firstRow: the number of the first query in the set that it is from, for messages.
  /// - Returns: nearest first, ties by row; `k` is the largest number that a query has.
  /// - Throws: ``IndexError`` for a threshold that is not finite, and as
  ///   ``search(_:k:parameters:threads:name:firstRow:)`` does.
  /// - Complexity: that of a few searches; memory for n times the largest number found.
  public func search(
    _ queries: Span<Float>,
    within threshold: Float,
    atMost most: Int? = nil,
    parameters: Parameters = [:],
    threads: Int = 1,
    name: String = "queries",
    firstRow: Int = 0
  ) throws -> SearchResults {
    guard threshold.isFinite else {
      throw IndexError.invalidParameter(
        name: "threshold",
        value: "\(threshold)",
        allowed: "a finite number"
      )
    }
    let summary = self.summary
    let limit = min(most ?? summary.count, summary.count)
    var asked = min(most ?? 64, 64)
    func found(_ queries: Span<Float>, _ firstRow: Int) throws -> SearchResults {
      try search(
        queries,
        k: asked,
        parameters: parameters,
        threads: threads,
        name: name,
        firstRow: firstRow
      )
    }
    let first = try found(queries, firstRow)
    var answers = (0..<first.queryCount).map { RangeAnswer(first, $0, threshold, summary.metric) }
    var open = answers.indices.filter { answers[$0].isOpen && asked < limit }
    while !open.isEmpty {
      asked = min(4 * asked, limit)
      for query in open {
        // One by one: there are few, and each may have very many neighbors.
        let place = query * summary.dimension..<(query + 1) * summary.dimension
        let more = try found(queries.extracting(place), firstRow + query)
        answers[query] = RangeAnswer(more, 0, threshold, summary.metric)
      }
      open = open.filter { answers[$0].isOpen && asked < limit }
    }
    return SearchResults(answers.map(\.neighbors))
  }
}

/// The neighbors of a query that are within a threshold.
private struct RangeAnswer {
  let neighbors: [Neighbor]
  /// Whether all neighbors that were found are within, and as many as were asked for.
  let isOpen: Bool

  init(_ results: SearchResults, _ query: Int, _ threshold: Float, _ metric: Metric) {
    let found = results[query]
    let within = found.prefix { neighbor in
      metric.largerIsNearer ? neighbor.score >= threshold : neighbor.score <= threshold
    }
    neighbors = Array(within)
    isOpen = within.count == results.k && results.k > 0
  }
}
