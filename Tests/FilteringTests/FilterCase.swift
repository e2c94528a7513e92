import Needletail
import Synchronization
import TestSupport
import Testing

/// A backend with one metric, and vectors in clusters that follow one another row by row.
struct FilterCase: Sendable, CustomTestStringConvertible {
  let specification: String
  let metric: Metric
  /// The least recall of filtered searches; 1 where every vector is compared.
  let floor: Double

  static let all = Metric.allCases.flatMap { metric in
    [
      FilterCase(specification: "flat", metric: metric, floor: 1),
      FilterCase(specification: "flat:first=int8", metric: metric, floor: 1),
      FilterCase(specification: "faiss-flat", metric: metric, floor: 1),
      FilterCase(specification: "ivf", metric: metric, floor: 0.93),
      FilterCase(specification: "ivf:rerank=residual", metric: metric, floor: 0.93),
      FilterCase(specification: "faiss-hnsw:M=16", metric: metric, floor: 0.95),
      FilterCase(specification: "faiss-ivfpq:nlist=32,m=8,nbits=8", metric: metric, floor: 0.5),
      FilterCase(specification: "hnsw:codec=sq8", metric: metric, floor: 0.95),
      FilterCase(specification: "hnsw:codec=f32", metric: metric, floor: 0.95),
      FilterCase(specification: "hnsw:codec=pq", metric: metric, floor: 0.95),
    ]
  }

  var testDescription: String { "\(specification) \(metric.rawValue)" }
  var isExact: Bool { floor == 1 }

  static let count = 4_000
  static let dimension = 32
  static let clusters = 20
  static let values = SyntheticVectors.clustered(
    count,
    dimension: dimension,
    clusters: clusters
  )
  static let queries = SyntheticVectors.clustered(
    40,
    dimension: dimension,
    clusters: clusters,
    seed: 7
  )

  /// The index, built once for all tests.
  func index() throws -> any StoredIndex { try Built.shared.index(self) }

  /// The true nearest matching rows of each query.
  func truth(_ filter: RowFilter, k: Int) -> [[UInt64]] {
    Self.rankings[metric, default: []].map { ranking in
      ranking.lazy.filter { filter[$0] }.prefix(k).map { UInt64($0) }
    }
  }

  /// The recall of ten neighbors without a filter.
  func unfilteredRecall() throws -> Double {
    let found = try index().search(Self.queries.span, k: 10)
    return recall(found, truth(RowFilter(count: Self.count) { _ in true }, k: 10))
  }

  /// All rows for each query, nearest first.
  private static let rankings: [Metric: [[UInt32]]] = {
    let vectors = stride(from: 0, to: queries.count, by: dimension).map { start in
      Array(queries[start..<start + dimension])
    }
    let pairs = Metric.allCases.map { metric in
      let rankings = vectors.map { query in
        BruteForce.ranking(of: query, in: values, dimension: dimension, metric: metric)
          .map { UInt32($0.row) }
      }
      return (metric, rankings)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }()
}

/// The share of the true neighbors that were found.
func recall(_ found: SearchResults, _ truth: [[UInt64]]) -> Double {
  let hits = truth.indices.reduce(0) { hits, query in
    hits + Set(found[query].map(\.id)).intersection(truth[query]).count
  }
  return Double(hits) / Double(truth.reduce(0) { $0 + $1.count })
}

/// Indexes that tests share.
private final class Built: Sendable {
  static let shared = Built()
  private let indexes = Mutex<[String: any StoredIndex]>([:])

  func index(_ filterCase: FilterCase) throws -> any StoredIndex {
    try indexes.withLock { indexes in
      if let index = indexes[filterCase.testDescription] { return index }
      let index = try buildIndex(
        over: VectorSet(FilterCase.values, dimension: FilterCase.dimension),
        filterCase.specification,
        metric: filterCase.metric,
        // The graph of faiss depends on chance with more than one.
        threads: filterCase.specification.hasPrefix("faiss-hnsw") ? 1 : 2
      )
      indexes[filterCase.testDescription] = index
      return index
    }
  }
}
