internal import CKernels
package import VectorCore

/// Vectors of which some are compared with a query; the scores are those of a scan, bit for bit.
package struct ExactRows: Sendable {
  /// The vectors as the metric wants them, `[count, dimension]`.
  package let values: SharedArray<Float>
  /// The length of each vector.
  package let dimension: Int
  /// How vectors are compared.
  package let metric: Metric

  /// Reads a set.
  ///
  /// - Throws: ``VectorCore/IndexError`` for vectors that are not finite or have no cosine,
  ///   ``VectorCore/FileError`` where reading fails.
  package init(_ vectors: VectorSet, metric: Metric, threads: Int) throws {
    dimension = vectors.dimension
    self.metric = metric
    let memory = MutableMemory<Float>(count: vectors.count * dimension)
    try parallelFor(vectors.count, chunk: 1_024, threads: threads) { _, rows in
      let places = rows.lowerBound * vectors.dimension..<rows.upperBound * vectors.dimension
      var span = unsafe UnsafeMutableBufferPointer(rebasing: memory.elements[places]).mutableSpan
      try vectors.copyRows(rows, preparedFor: metric, into: &span)
    }
    values = memory.frozen()
  }

  /// Takes vectors as the metric wants them, `[count, dimension]`.
  package init(values: SharedArray<Float>, dimension: Int, metric: Metric) {
    precondition(values.count.isMultiple(of: dimension), "\(values.count) values")
    self.values = values
    self.dimension = dimension
    self.metric = metric
  }

  /// The number of vectors.
  package var count: Int { values.count / dimension }

  /// Copies some rows, `[rows.count, dimension]`.
  ///
  /// - Parameters:
  ///   - rows: row numbers, each below ``count``.
  ///   - destination: room for the rows.
  package func copy(_ rows: Span<UInt32>, into destination: inout MutableSpan<Float>) {
    for place in 0..<rows.count {
      let start = Int(rows[place]) * dimension
      for column in 0..<dimension {
        destination[place * dimension + column] = values[start + column]
      }
    }
  }

  /// Scores some rows: inner product or minus the squared distance, larger is nearer.
  ///
  /// - Parameters:
  ///   - rows: row numbers, each below ``count``.
  ///   - query: `[dimension]`.
  /// - Returns: a score for each.
  package func scores(of rows: [UInt32], to query: Span<Float>) -> [Float] {
    precondition(query.count == dimension && rows.allSatisfy { $0 < count }, "no such row")
    var scores = [Float](repeating: 0, count: rows.count)
    let first = [UInt32](repeating: 0, count: rows.count)
    let score = unsafe ScanKernels.best.pairs(for: metric)
    unsafe values.withUnsafeBufferPointer { values in
      unsafe query.withUnsafeBufferPointer { query in
        guard let values = values.baseAddress, let query = query.baseAddress else { return }
        unsafe needle_prefetch_rows(values, 4 * dimension, rows, rows.count)
        unsafe score(values, query, dimension, rows, first, rows.count, &scores)
      }
    }
    return scores
  }
}
