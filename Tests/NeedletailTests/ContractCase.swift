import Needletail
import TestSupport
import Testing

/// One backend with one metric: what every contract test runs over.
///
/// The list comes from the table of backends, so that a backend that is added is tested with it;
/// parameters that make another index of a backend stand beside it.
struct ContractCase: Sendable, CustomTestStringConvertible {
  let backend: any IndexBackend.Type
  let metric: Metric
  /// Construction parameters, where the case is not about those that suit.
  var parameters: Parameters?

  static let all =
    backends.flatMap { backend in
      Metric.allCases.map { ContractCase(backend: backend, metric: $0) }
    }
    + ["flat:first=int8", "ivf:rerank=f32", "hnsw:codec=sq8", "hnsw:codec=pq"]
    .compactMap { try? IndexSpecification(parsing: $0) }
    .flatMap { other in
      Metric.allCases.map {
        ContractCase(backend: other.backend, metric: $0, parameters: other.parameters)
      }
    }

  var testDescription: String { "\(specification) \(metric.rawValue)" }

  /// The backend with parameters that suit a few hundred vectors of dimension 16.
  var specification: String {
    if let parameters { return "\(backend.name):\(parameters)" }
    return switch backend.name {
    case "hnsw", "faiss-hnsw": "\(backend.name):M=8,efConstruction=60"
    case "faiss-ivfpq": "faiss-ivfpq:nlist=8,m=4,nbits=4"
    default: backend.name
    }
  }

  /// Whether the backend compares every vector with every query.
  var isExact: Bool { ["flat", "faiss-flat"].contains(backend.name) }

  /// How far scores may be from those of the vectors; none where they are those of codes.
  var scoreTolerance: Double? {
    switch specification {
    case let specification where specification.hasPrefix("faiss-ivfpq"): nil
    // Vectors in half precision: each value is within 1 part in 2,048.
    case "ivf": 4e-3
    case let specification where specification.hasPrefix("hnsw"): 4e-3
    default: 1e-4
    }
  }

  /// Whether the construction gives the same index for any number of threads.
  ///
  /// faiss's graph takes
  /// links in the order in which its threads come along, which its backend documents.
  var isThreadIndependent: Bool { backend.name != "faiss-hnsw" }

  static let dimension = 16
  static let vectors = seededVectors(count: 500, dimension: dimension, seed: 1, name: "base")
  static let queries = seededVectors(count: 40, dimension: dimension, seed: 2, name: "queries")

  func build(
    _ vectors: VectorSet = ContractCase.vectors,
    threads: Int = 1,
    seed: UInt64 = 42
  ) throws -> any StoredIndex {
    try buildIndex(
      over: vectors,
      specification,
      metric: metric,
      threads: threads,
      seed: seed
    )
  }

  /// Checks what holds for every answer: nearest first, ties by id, no id twice.
  func checkOrder(
    _ results: SearchResults,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for query in 0..<results.queryCount {
      let neighbors = results[query]
      #expect(Set(neighbors.map(\.id)).count == neighbors.count, sourceLocation: sourceLocation)
      for (near, far) in zip(neighbors, neighbors.dropFirst()) {
        let inOrder =
          near.score == far.score
          ? near.id < far.id : (near.score > far.score) == metric.largerIsNearer
        #expect(inOrder, "\(near) before \(far)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// The values of a set as they are, `[count, dimension]`.
func values(of set: VectorSet) throws -> [Float] {
  var values = [Float](repeating: 0, count: set.count * set.dimension)
  var span = values.mutableSpan
  try set.source.copyRows(0..<set.count, into: &span)
  return values
}

extension SearchResults {
  /// Whether two answers name the same vectors with scores that differ by rounding at most.
  func agrees(with other: SearchResults, within tolerance: Float = 1e-5) -> Bool {
    counts == other.counts && ids == other.ids
      && zip(scores, other.scores).allSatisfy { pair in
        abs(pair.0 - pair.1) <= tolerance * max(1, abs(pair.0))
      }
  }
}
