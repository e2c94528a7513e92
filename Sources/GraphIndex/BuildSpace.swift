internal import IntegerScan
internal import VectorCore

/// Vectors in which a graph's links are chosen: see ``BuildRows``.
struct BuildSpace: Sendable {
  /// The vectors.
  let vectors: VectorSet
  /// How the nearest of them are found.
  let metric: Metric

  /// Lengths that differ by less than this part count as equal.
  private static let tolerance = 0.01

  init(_ vectors: VectorSet, metric: Metric, threads: Int) throws {
    guard metric == .innerProduct else {
      self.vectors = vectors
      self.metric = metric
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
    self.metric = .innerProduct
    self.vectors =
      smallest >= largest * (1 - Self.tolerance)
      ? vectors : VectorSet(EqualLengths(base: vectors.source, squaredLength: largest))
  }
}

/// Vectors with one coordinate more, which makes all equally long.
private struct EqualLengths: VectorSource {
  let base: any VectorSource
  let squaredLength: Double

  var name: String { base.name }
  var count: Int { base.count }
  var dimension: Int { base.dimension + 1 }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    var values = [Float](repeating: 0, count: rows.count * base.dimension)
    var span = values.mutableSpan
    try base.copyRows(rows, into: &span)
    extend(values, into: &destination)
  }

  func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    var values = [Float](repeating: 0, count: rows.count * base.dimension)
    var span = values.mutableSpan
    try base.copyRows(at: rows, into: &span)
    extend(values, into: &destination)
  }

  private func extend(_ values: [Float], into destination: inout MutableSpan<Float>) {
    let from = base.dimension
    for row in 0..<values.count / from {
      var norm = 0.0
      for column in 0..<from {
        let value = values[row * from + column]
        destination[row * dimension + column] = value
        norm += Double(value) * Double(value)
      }
      destination[row * dimension + from] = Float(max(0, squaredLength - norm).squareRoot())
    }
  }
}
