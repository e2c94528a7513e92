/// An index over a set of vectors: immutable, safe to search from several threads at once.
///
/// A backend implements ``nearestRows(to:k:parameters:threads:)``; users call
/// ``search(_:k:parameters:threads:)``, which checks and prepares the queries first.
public protocol VectorIndex: Sendable {
  /// What the index is and holds.
  var summary: IndexSummary { get }

  /// The ids of the indexed vectors.
  var ids: VectorIDs { get }

  /// Finds up to `k` nearest rows for each query.
  ///
  /// - Parameters:
  ///   - queries: `[n, dimension]`, row-major, finite, and of unit length for cosine.
  ///   - k: `1...count`.
  ///   - parameters: search parameters as given; the backend resolves them.
  ///   - threads: how many threads may work on the batch, at least 1.
  /// - Returns: nearest first, ties by row; the same for any number of threads and any grouping of
  ///   queries into batches.
  /// - Throws: ``IndexError`` for search parameters that the backend refuses, ``FileError`` where a
  ///   mapped index turns out to be corrupt.
  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows
}

/// What an index is and holds, whatever its backend.
public struct IndexSummary: Sendable, Equatable {
  /// The backend's name: "hnsw".
  public let backend: String
  /// The construction parameters, complete.
  public let parameters: Parameters
  /// How vectors are compared.
  public let metric: Metric
  /// The number of vectors.
  public let count: Int
  /// The length of each vector.
  public let dimension: Int
  /// The seed of every random choice in the construction.
  public let seed: UInt64
  /// The fingerprint of the model that encoded the vectors, where an index file says it.
  public let model: String?

  /// Describes an index.
  public init(
    backend: String,
    parameters: Parameters,
    metric: Metric,
    count: Int,
    dimension: Int,
    seed: UInt64,
    model: String? = nil
  ) {
    self.backend = backend
    self.parameters = parameters
    self.metric = metric
    self.count = count
    self.dimension = dimension
    self.seed = seed
    self.model = model
  }

  /// The same of a view of `count` of the vectors.
  package func counting(_ count: Int) -> IndexSummary { changed(count: count, model: model) }

  /// The same of vectors that a model encoded.
  package func encoded(by model: String?) -> IndexSummary { changed(count: count, model: model) }

  private func changed(count: Int, model: String?) -> IndexSummary {
    IndexSummary(
      backend: backend,
      parameters: parameters,
      metric: metric,
      count: count,
      dimension: dimension,
      seed: seed,
      model: model
    )
  }

  /// Backend and parameters as one word: `hnsw:M=16,efConstruction=200`.
  public var spec: String {
    parameters.entries.isEmpty ? backend : "\(backend):\(parameters)"
  }
}

extension VectorIndex {
  /// Finds the `k` nearest vectors of each query.
  ///
  /// ```swift
  /// let results = try index.search(queries.span, k: 10, parameters: ["efSearch": 64])
  /// for neighbor in results[0] { print(neighbor.id, neighbor.score) }
  /// ```
  /// - Parameters:
  ///   - queries: `[n, dimension]`, row-major.
  ///   - k: neighbours per query, at least 1; where it exceeds the number of vectors, all are
  ///     returned.
  ///   - parameters: search parameters of the backend, such as `efSearch` or `nprobe`.
  ///   - threads: how many threads may work on the batch.
  ///   - name: what an error message calls the queries.
  ///   - firstRow: the number of the first query in the set that it is from, for messages.
  /// - Returns: nearest first, ties by row of the indexed set.
  /// - Throws: ``IndexError`` for queries of another dimension, values that are not finite, zero
  ///   vectors under cosine, a `k` or `threads` below 1 and unknown parameters; ``FileError`` where
  ///   the index file turns out to be corrupt.
  public func search(
    _ queries: Span<Float>,
    k: Int,
    parameters: Parameters = [:],
    threads: Int = 1,
    name: String = "queries",
    firstRow: Int = 0
  ) throws -> SearchResults {
    guard k >= 1 else {
      throw IndexError.invalidParameter(name: "k", value: "\(k)", allowed: "at least 1")
    }
    guard threads >= 1 else {
      throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
    }
    let summary = self.summary
    guard queries.count.isMultiple(of: summary.dimension) else {
      throw IndexError.dimensionMismatch(
        what: name,
        expected: summary.dimension,
        actual: queries.count
      )
    }
    let k = min(k, summary.count)
    let found: NearestRows
    if summary.metric.normalizes {
      var prepared = Array(copying: queries)
      var span = prepared.mutableSpan
      try prepare(
        &span,
        dimension: summary.dimension,
        for: summary.metric,
        what: name,
        firstRow: firstRow
      )
      found = try nearestRows(to: prepared.span, k: k, parameters: parameters, threads: threads)
    } else {
      try checkFinite(queries, dimension: summary.dimension, what: name, firstRow: firstRow)
      found = try nearestRows(to: queries, k: k, parameters: parameters, threads: threads)
    }
    return SearchResults(found, metric: summary.metric, ids: ids)
  }
}

extension Array where Element == Float {
  /// Copies the values of a span.
  public init(copying span: Span<Float>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }
}
