/// One found vector.
public struct Neighbor: Sendable, Equatable {
  /// The vector's id: its row number, unless the set came with ids.
  public let id: UInt64
  /// The metric's own value: inner product, cosine or squared distance.
  public let score: Float

  /// Pairs an id with its score.
  public init(id: UInt64, score: Float) {
    self.id = id
    self.score = score
  }
}

/// The neighbours of a batch of queries, nearest first, ties by row of the indexed set.
///
/// Row-major `[queryCount, k]`. A row is never padded: an index that finds fewer than `k` vectors
/// for a query returns fewer, and `counts` says how many.
public struct SearchResults: Sendable, Equatable {
  /// The room for each query: the `k` asked for, or the number of vectors where that is smaller.
  public let k: Int
  /// How many neighbours each query has, `[queryCount]`, each `0...k`.
  public let counts: [Int]
  /// Ids, `[queryCount, k]`; entries past a query's count are zero.
  public let ids: [UInt64]
  /// Scores, `[queryCount, k]`; entries past a query's count are zero.
  public let scores: [Float]

  /// Translates a backend's rows and distances into ids and scores.
  init(_ found: consuming NearestRows, metric: Metric, ids rowIDs: VectorIDs) {
    k = found.k
    counts = found.counts
    ids = found.ids(in: rowIDs)
    found.score(by: metric)
    scores = found.distances
  }

  /// Joins the neighbors of queries, nearest first.
  init(_ neighbors: [[Neighbor]]) {
    let k = neighbors.reduce(0) { max($0, $1.count) }
    self.k = k
    counts = neighbors.map(\.count)
    ids = neighbors.flatMap { list in
      list.map(\.id) + repeatElement(0, count: k - list.count)
    }
    scores = neighbors.flatMap { list in
      list.map(\.score) + repeatElement(0, count: k - list.count)
    }
  }

  /// The number of queries.
  public var queryCount: Int { counts.count }

  /// The neighbours of one query.
  public subscript(query: Int) -> [Neighbor] {
    let start = query * k
    return (start..<start + counts[query]).map { Neighbor(id: ids[$0], score: scores[$0]) }
  }
}
