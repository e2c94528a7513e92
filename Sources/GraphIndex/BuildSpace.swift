internal import IntegerScan
internal import VectorCore

/// How vectors are compared when a graph's links are chosen: see ``BuildRows``.
struct BuildSpace: Sendable {
  let vectors: VectorSet
  let metric: Metric
  /// Whether lengths differ, so that the largest product is not that with the nearest vector.
  let lengthsDiffer: Bool

  /// Lengths that differ by less than this part count as equal.
  private static let tolerance = 0.02

  init(_ vectors: VectorSet, metric: Metric, threads: Int) throws {
    self.vectors = vectors
    self.metric = metric
    guard metric == .innerProduct else {
      lengthsDiffer = false
      return
    }
    let norms = MutableMemory<Double>(count: vectors.count)
    let dimension = vectors.dimension
    try parallelFor(vectors.count, chunk: 1024, threads: threads) { _, range in
      var values = [Float](repeating: 0, count: range.count * dimension)
      var span = values.mutableSpan
      try vectors.copyRows(range, preparedFor: metric, into: &span)
      unsafe values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        for row in range {
          let start = (row - range.lowerBound) * dimension
          unsafe norms.elements[row] = unsafe squaredNorm(first + start, dimension)
        }
      }
    }
    let largest = unsafe norms.elements.max() ?? 0
    let smallest = unsafe norms.elements.min() ?? 0
    lengthsDiffer = smallest < largest * (1 - Self.tolerance)
  }

  /// The space in which rows are coded: products of images are those of the vectors where lengths
  /// differ, distances between images are those between vectors otherwise.
  func codes(_ statistics: SetStatistics, seed: UInt64) -> ScanSpace {
    guard lengthsDiffer else {
      return statistics.space(metric: metric == .squaredL2 ? .innerProduct : metric, seed: seed)
    }
    let origin = [Float](repeating: 0, count: vectors.dimension)
    return ScanSpace(metric: metric, mean: origin, normMean: 0, normWeight: 1, seed: seed)
  }
}
