public import VectorCore

/// A figure of retrieval quality, such as MRR@10, that a benchmark shows beside recall: how many
/// points of it an index costs.
///
/// How it is computed from judgments is the caller's matter.
public struct QualityMeasure: Sendable {
  /// The name in records, tables and charts: `mrr_10`.
  public let name: String
  /// The value of the results of all queries, best first, with the metric's own scores.
  public let value: @Sendable ([[Neighbor]]) throws -> Double

  /// Takes a name and a function.
  public init(name: String, value: @escaping @Sendable ([[Neighbor]]) throws -> Double) {
    self.name = name
    self.value = value
  }

  /// The value of an index's results.
  func value(of results: SearchResults) throws -> Double {
    try value((0..<results.queryCount).map { results[$0] })
  }

  /// The value of the first `k` true neighbors.
  func value(of truth: GroundTruth, k: Int, ids: VectorIDs) throws -> Double {
    try value(
      (0..<truth.queryCount).map { query in
        (query * truth.k..<query * truth.k + k).map { place in
          Neighbor(id: ids[truth.rows[place]], score: truth.scores[place])
        }
      }
    )
  }
}
