extension VectorIndex {
  /// Finds the `k` nearest vectors of the queries of a set, or of some of its rows.
  ///
  /// A large set is searched a range at a time, so that neither all queries nor all results are in
  /// memory at once; an error names the row of the set.
  /// - Parameters:
  ///   - queries: vectors of the index's dimension.
  ///   - rows: which of them; all where it is `nil`.
  ///   - k: neighbours per query, at least 1; where it exceeds the number of vectors, all are
  ///     returned.
  ///   - parameters: search parameters of the backend, such as `efSearch` or `nprobe`.
  ///   - threads: how many threads may work on the batch, at least 1.
  /// - Returns: nearest first, ties by row of the indexed set.
  /// - Throws: ``IndexError`` as ``search(_:k:parameters:threads:name:firstRow:)`` does, ``FileError`` where
  ///   a file cannot be read.
  public func search(
    _ queries: VectorSet,
    rows: Range<Int>? = nil,
    k: Int,
    parameters: Parameters = [:],
    threads: Int = 1
  ) throws -> SearchResults {
    let summary = self.summary
    for (name, value) in [("k", k), ("threads", threads)] where value < 1 {
      throw IndexError.invalidParameter(name: name, value: "\(value)", allowed: "at least 1")
    }
    guard queries.dimension == summary.dimension else {
      throw IndexError.dimensionMismatch(
        what: queries.name,
        expected: summary.dimension,
        actual: queries.dimension
      )
    }
    let rows = rows ?? 0..<queries.count
    var values = [Float](repeating: 0, count: rows.count * summary.dimension)
    var span = values.mutableSpan
    try queries.copyRows(rows, preparedFor: summary.metric, into: &span)
    let found = try nearestRows(
      to: values.span,
      k: min(k, summary.count),
      parameters: parameters,
      threads: threads
    )
    return SearchResults(found, metric: summary.metric, ids: ids)
  }
}
