import Needletail
import TestSupport
import Testing

/// Vectors that come back from an index.
@Suite struct ReconstructionTests {
  /// How far values may be from those that were indexed, as a share of the largest.
  private static let tolerances = [
    ("flat", 0), ("flat:first=int8", 0), ("faiss-flat", 0), ("faiss-hnsw", 0),
    ("ivf:rerank=f32", 0),
    ("ivf:rerank=f16", 1e-3), ("ivf:rerank=residual", 1e-3),
    ("faiss-ivfpq:nlist=16,m=16,nbits=8", 0.25),
  ]

  @Test(arguments: Metric.allCases, tolerances)
  func areThoseThatWereIndexed(_ metric: Metric, _ expected: (String, Double)) throws {
    let (count, dimension) = (600, 32)
    let set = VectorSet(
      SyntheticVectors.clustered(count, dimension: dimension),
      dimension: dimension
    )
    let built = try buildIndex(over: set, expected.0, metric: metric)
    let index = try #require(built as? any ReconstructingIndex)
    let rows: [UInt32] = [599, 0, 17, 17, 300]
    var found = [Float](repeating: 0, count: rows.count * dimension)
    var span = found.mutableSpan
    try index.reconstruct(rows.span, into: &span)
    let values = try set.allRows(preparedFor: metric)
    let largest = values.reduce(0) { max($0, abs($1)) }
    for (place, row) in rows.enumerated() {
      for column in 0..<dimension {
        let difference = abs(
          found[place * dimension + column] - values[Int(row) * dimension + column]
        )
        #expect(difference <= Float(expected.1) * largest, "row \(row), column \(column)")
      }
    }
  }
}
