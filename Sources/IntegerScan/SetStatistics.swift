internal import Synchronization
package import VectorCore

/// What the codes of a set depend on: its mean, and how far and how unevenly its vectors lie from it.
package struct SetStatistics: Sendable {
  /// `[dimension]`.
  package let mean: [Float]
  /// The mean of |x − mean|².
  package let normMean: Float
  /// The standard deviation of |x − mean|².
  package let normDeviation: Float
  /// The largest absolute value.
  package let largest: Float
  /// The root of the mean square of all values.
  package let rootMeanSquare: Float

  /// Rows whose sums are added up apart, so that the result does not depend on threads.
  private static let chunk = 4096

  private struct Sums {
    var columns: [Double]
    var squares = 0.0
    var norms = 0.0
    var squaredNorms = 0.0
    var largest: Float = 0
  }

  /// Reads a set twice, in order.
  ///
  /// - Throws: what reading the vectors throws.
  package init(of vectors: VectorSet, metric: Metric, threads: Int) throws {
    let dimension = vectors.dimension
    let first = try unsafe Self.sums(of: vectors, metric: metric, threads: threads) {
      rows,
      count,
      sums in
      for row in 0..<count {
        for column in 0..<dimension {
          let value = unsafe rows[row * dimension + column]
          sums.columns[column] += Double(value)
          sums.squares += Double(value) * Double(value)
          sums.largest = max(sums.largest, abs(value))
        }
      }
    }
    let count = Double(vectors.count)
    let mean = first.columns.map { Float($0 / count) }
    let second = try unsafe Self.sums(of: vectors, metric: metric, threads: threads) {
      rows,
      count,
      sums in
      var centred = [Float](repeating: 0, count: dimension)
      for row in 0..<count {
        for column in 0..<dimension {
          centred[column] = unsafe rows[row * dimension + column] - mean[column]
        }
        let norm = unsafe centred.withUnsafeBufferPointer { buffer in
          unsafe buffer.baseAddress.map { unsafe squaredNorm($0, dimension) } ?? 0
        }
        sums.norms += norm
        sums.squaredNorms += norm * norm
      }
    }
    let norm = second.norms / count
    self.mean = mean
    normMean = Float(norm)
    normDeviation = Float(max(0, second.squaredNorms / count - norm * norm).squareRoot())
    largest = first.largest
    rootMeanSquare = Float((first.squares / (count * Double(dimension))).squareRoot())
  }

  /// The space for this set.
  package func space(metric: Metric, seed: UInt64) -> ScanSpace {
    // The extra dimension of a vector varies by deviation / 2w, a query's is w: equal at this w.
    let weight = (normDeviation / 2).squareRoot()
    return ScanSpace(
      metric: metric,
      mean: mean,
      normMean: normMean,
      normWeight: weight > 0 ? weight : 1,
      seed: seed
    )
  }

  private static func sums(
    of vectors: VectorSet,
    metric: Metric,
    threads: Int,
    _ add: @Sendable (UnsafePointer<Float>, _ count: Int, inout Sums) -> Void
  ) throws -> Sums {
    let dimension = vectors.dimension
    let empty = Sums(columns: Array(repeating: 0, count: dimension))
    let parts = Mutex([Sums?](repeating: nil, count: (vectors.count + chunk - 1) / chunk))
    try parallelFor(vectors.count, chunk: chunk, threads: threads) { _, rows in
      var values = [Float](repeating: 0, count: rows.count * dimension)
      var span = values.mutableSpan
      try vectors.copyRows(rows, preparedFor: metric, into: &span)
      var sums = empty
      unsafe values.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        unsafe add(start, rows.count, &sums)
      }
      parts.withLock { $0[rows.lowerBound / chunk] = sums }
    }
    return parts.withLock { $0 }.compactMap { $0 }.reduce(into: empty) { total, part in
      for column in total.columns.indices { total.columns[column] += part.columns[column] }
      total.squares += part.squares
      total.norms += part.norms
      total.squaredNorms += part.squaredNorms
      total.largest = max(total.largest, part.largest)
    }
  }
}
