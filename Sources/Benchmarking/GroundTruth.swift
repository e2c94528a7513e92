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
  ///   - threads: how many threads may work on a block, at least 1.
  ///   - progress: called after each block.
  /// - Returns: rows and scores of all queries, in their order.
  /// - Throws: ``VectorCore/IndexError`` for a `k` or `threads` below 1, queries of another
  ///   dimension, values that are not finite or zero vectors under cosine, and what the source of
  ///   the queries throws.
  public static func compute(
    with exact: any VectorIndex,
    queries: VectorSet,
    k: Int,
    threads: Int,
    progress: (BuildProgress) -> Void = { _ in }
  ) throws -> GroundTruth {
    let rows = Array(0..<UInt32(queries.count))
    return try compute(rows, with: exact, queries: queries, k: k, threads: threads) { done in
      progress(BuildProgress(phase: "exact search", done: done, total: rows.count))
    }
  }

  /// Queries per call: enough to keep a blocked product busy, few enough to show progress.
  static let block = 512

  static func compute(
    _ chosen: [UInt32],
    with exact: any VectorIndex,
    queries: VectorSet,
    k: Int,
    threads: Int,
    progress: (_ done: Int) -> Void
  ) throws -> GroundTruth {
    let summary = exact.summary
    try requirePositive(k, "k")
    try requirePositive(threads, "threads")
    guard !chosen.isEmpty else { throw IndexError.emptySet(what: queries.name) }
    guard queries.dimension == summary.dimension else {
      throw IndexError.dimensionMismatch(
        what: queries.name,
        expected: summary.dimension,
        actual: queries.dimension
      )
    }
    let found = min(k, summary.count)
    var rows: [UInt32] = []
    var scores: [Float] = []
    rows.reserveCapacity(chosen.count * found)
    scores.reserveCapacity(chosen.count * found)
    for start in stride(from: 0, to: chosen.count, by: block) {
      let part = chosen[start..<min(start + block, chosen.count)]
      let values = try queries.prepared(part, for: summary.metric)
      let nearest = try exact.nearestRows(
        to: values.span,
        k: found,
        parameters: [:],
        threads: threads
      )
      precondition(
        nearest.counts.allSatisfy { $0 == found },
        "\(summary.backend) is no exact index: it found fewer than \(found) neighbors"
      )
      rows += nearest.rows
      scores += nearest.distances.map { summary.metric.score(fromDistance: $0) }
      progress(start + part.count)
    }
    return GroundTruth(k: found, rows: rows, scores: scores)
  }
}

extension VectorSet {
  /// The vectors at some rows, `[rows.count, dimension]`, checked and scaled for `metric`.
  func prepared(_ rows: some Collection<UInt32>, for metric: Metric) throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows.count * dimension)
    var one = [Float](repeating: 0, count: dimension)
    for row in rows {
      var slot = one.mutableSpan
      try copyRows(Int(row)..<Int(row) + 1, preparedFor: metric, into: &slot)
      values += one
    }
    return values
  }
}

/// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for values below 1.
func requirePositive(_ value: Int, _ name: String) throws {
  guard value >= 1 else {
    throw IndexError.invalidParameter(name: name, value: "\(value)", allowed: "at least 1")
  }
}
