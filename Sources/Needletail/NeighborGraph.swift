public import IndexStore
public import VectorCore

/// The k nearest other vectors of each vector of a set.
public struct NeighborGraph: Sendable, Equatable {
  /// Neighbors per vector.
  public let k: Int
  /// Row numbers, `[count, k]` row-major: nearest first, ties by row, never the vector itself.
  public let rows: SharedArray<UInt32>
  /// The metric's own value for each neighbor, `[count, k]`: inner product, cosine or squared
  /// distance; `nil` unless they were asked for.
  public let scores: SharedArray<Float>?

  init(k: Int, rows: SharedArray<UInt32>, scores: SharedArray<Float>?) {
    precondition(k > 0 && rows.count.isMultiple(of: k), "\(rows.count) rows with k \(k)")
    self.k = k
    self.rows = rows
    self.scores = scores
  }

  /// The number of vectors.
  public var count: Int { rows.count / k }

  /// The rows of a vector's neighbors, nearest first.
  ///
  /// - Precondition: `row` is `0..<count`.
  public subscript(row: Int) -> [UInt32] { (row * k..<row * k + k).map { rows[$0] } }
}

/// How the neighbors of all vectors of a set are found.
public enum NeighborMethod: Sendable, Equatable {
  /// Every vector is compared with every other: recall 1, O(count² · dimension).
  case exact
  /// By an index of the backend `ivf`, with search parameters of it, such as `margin`: what is not
  /// given takes its default. Scores are those of the vectors as the index holds them, which is in
  /// half precision where their range permits it.
  case lists(Parameters = [:])
  /// Like ``lists(_:)``, with the cheapest margin that reaches this recall with 95 % confidence,
  /// measured on a sample of the vectors.
  case recall(Double)
}

/// Finds the k nearest other vectors of each vector of a set.
///
/// ```swift
/// let vectors = try VectorSet.open("vectors.npy")
/// let graph = try nearestNeighborGraph(of: vectors, k: 15, metric: .cosine, threads: 4)
/// for neighbor in graph[0] { print(neighbor) }
/// ```
/// A vector is never its own neighbor; a copy of it at another row is one like any other. Neighbors
/// are named by row number, also where the set has ids.
/// - Parameters:
///   - vectors: at least two vectors.
///   - k: neighbors per vector, `1...count - 1`.
///   - metric: how vectors are compared.
///   - method: exactly or approximately.
///   - scores: whether the graph also holds the scores.
///   - threads: how many threads may work, at least 1; the result does not depend on it.
///   - seed: of every random choice.
///   - progress: called now and then, from one thread at a time.
///   - exactIndex: makes the index that ``NeighborMethod/exact`` asks, such as one on a GPU; `nil` for
///     exact search on the host.
/// - Returns: k neighbors of every vector.
/// - Throws: ``NeighborGraphError`` for a set of one vector, a `k` out of range, and a recall that no
///   setting reaches; ``VectorCore/IndexError`` for an empty set, vectors that are not finite or have
///   no cosine, and search parameters that the backend refuses; ``VectorCore/FileError`` where
///   vectors cannot be read.
/// - Complexity: for lists about count^1.5 · dimension byte products. Memory for the graph, 4 bytes a
///   neighbor (8 with scores), and for an index of the vectors.
public func nearestNeighborGraph(
  of vectors: VectorSet,
  k: Int,
  metric: Metric,
  by method: NeighborMethod = .lists(),
  scores: Bool = false,
  threads: Int = 1,
  seed: UInt64 = 42,
  progress: @escaping @Sendable (BuildProgress) -> Void = { _ in },
  exactIndex: BuildOptions.ExactIndex? = nil
) throws -> NeighborGraph {
  let search = try SelfSearch(
    of: vectors,
    k: k,
    metric: metric,
    by: method,
    threads: threads,
    seed: seed,
    progress: progress,
    exactIndex: exactIndex
  )
  let index = try search.build()
  return try search.graph(with: index, search.setting(for: index), scores: scores)
}
