public import IndexStore
public import VectorCore

/// The true nearest neighbors of a set of queries, against which recall is counted.
public struct GroundTruth: Sendable, Equatable {
  /// Neighbors per query, at most the number of vectors.
  public let k: Int
  /// Rows of the indexed set, `[queryCount, k]` row-major, nearest first.
  public let rows: [UInt32]
  /// The metric's own values, `[queryCount, k]` row-major: inner product, cosine or squared
  /// distance.
  public let scores: [Float]

  /// The number of queries.
  public var queryCount: Int { rows.count / k }

  init(k: Int, rows: [UInt32], scores: [Float]) {
    precondition(k > 0 && rows.count.isMultiple(of: k), "\(rows.count) rows with k \(k)")
    precondition(rows.count == scores.count, "\(rows.count) rows, \(scores.count) scores")
    self.k = k
    self.rows = rows
    self.scores = scores
  }

  /// Searches every query exactly, block by block.
  ///
  /// - Parameters:
  ///   - exact: an index that finds the true neighbors, such as the backend `flat`.
  ///   - queries: `[n, dimension]`, n at least 1.
  ///   - k: neighbors per query, at least 1; cut to the number of vectors.
  ///   - threads: how many threads may work on a block.
  ///   - progress: called after each block.
  /// - Throws: ``VectorCore/IndexError`` for a `k` below 1, queries of another dimension, values
  ///   that are not finite or zero vectors under cosine, and what the source of the queries throws.
  public static func compute(
    with exact: any VectorIndex,
    queries: VectorSet,
    k: Int,
    threads: Int,
    progress: (BuildProgress) -> Void = { _ in }
  ) throws -> GroundTruth {
    throw IndexError.emptySet(what: queries.name)
  }

  /// Takes neighbors that were read from a file, and works out their scores.
  ///
  /// - Parameters:
  ///   - given: rows of `vectors`, `[queries.count, k]` row-major, nearest first.
  ///   - k: the length of the file's rows, at least 1.
  ///   - path: the file, for messages.
  ///   - vectors: the set that the rows count in.
  ///   - queries: the queries in the file's order.
  ///   - metric: how vectors are compared.
  ///   - threads: how many threads may work.
  /// - Throws: ``VectorCore/FileError`` that names file and query where the number of queries
  ///   differs, or a row is out of range or given twice for one query.
  public init(
    given: [Int32],
    k: Int,
    path: String,
    vectors: VectorSet,
    queries: VectorSet,
    metric: Metric,
    threads: Int
  ) throws {
    throw IndexError.emptySet(what: path)
  }

  /// Searches a seeded sample of the queries exactly and compares.
  ///
  /// Rows may differ where the scores are equal up to rounding: ties have no order across programs.
  /// - Parameters:
  ///   - exact: an index that finds the true neighbors.
  ///   - queries: the queries in the file's order.
  ///   - sample: how many queries to check, cut to those there are.
  ///   - seed: chooses the sample.
  ///   - path: the file, for messages.
  ///   - threads: how many threads may work.
  /// - Throws: ``VectorCore/FileError`` that names the file and the first query that differs.
  public func spotCheck(
    against exact: any VectorIndex,
    queries: VectorSet,
    sample: Int = 100,
    seed: UInt64 = 42,
    path: String,
    threads: Int
  ) throws {
  }
}
