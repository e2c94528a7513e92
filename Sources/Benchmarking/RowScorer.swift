internal import VectorCore

/// Scores single pairs of query and vector in double precision, straight from the sets.
struct RowScorer: Sendable {
  /// A score, and how far single-precision arithmetic may be from it.
  struct Score {
    let value: Double
    let rounding: Double
  }

  let vectors: VectorSet
  let queries: VectorSet
  let metric: Metric

  /// Single precision keeps 24 bits; sums over a thousand dimensions lose a few of them.
  private static let relativeRounding = 1e-5

  /// - Throws: ``VectorCore/IndexError/dimensionMismatch(what:expected:actual:)``.
  init(vectors: VectorSet, queries: VectorSet, metric: Metric) throws(IndexError) {
    guard queries.dimension == vectors.dimension else {
      throw .dimensionMismatch(
        what: queries.name,
        expected: vectors.dimension,
        actual: queries.dimension
      )
    }
    self.vectors = vectors
    self.queries = queries
    self.metric = metric
  }

  /// The scores of one query with some rows of the set.
  func scores(query: Int, rows: some Collection<UInt32>) throws -> [Score] {
    guard !rows.isEmpty else { return [] }
    let left = try queries.prepared(CollectionOfOne(UInt32(query)), for: metric)
    let right = try vectors.prepared(rows, for: metric)
    return (0..<rows.count).map { place in
      score(left.span, right.span.extracting(place * left.count..<(place + 1) * left.count))
    }
  }

  private func score(_ query: Span<Float>, _ vector: Span<Float>) -> Score {
    var product = 0.0
    var distance = 0.0
    var queryNorm = 0.0
    var vectorNorm = 0.0
    for index in query.indices {
      let (left, right) = (Double(query[index]), Double(vector[index]))
      product += left * right
      distance += (left - right) * (left - right)
      queryNorm += left * left
      vectorNorm += right * right
    }
    switch metric {
    case .innerProduct, .cosine:
      let scale = (queryNorm * vectorNorm).squareRoot()
      return Score(value: product, rounding: Self.relativeRounding * scale)
    case .squaredL2:
      return Score(value: distance, rounding: Self.relativeRounding * (queryNorm + vectorNorm))
    }
  }
}
