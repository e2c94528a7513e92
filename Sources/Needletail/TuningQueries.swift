internal import IndexStore
package import VectorCore

/// The queries that an index is tuned with, in memory.
package struct TuningQueries: Sendable {
  /// `[count, dimension]`, ready for the metric.
  let values: [Float]
  let count: Int
  let dimension: Int
  /// The row of the indexed set that each query is, where they were taken from it.
  let ownRows: [UInt32]?

  /// Takes queries that are no vectors of the set.
  package init(_ queries: VectorSet, dimension: Int, metric: Metric) throws {
    guard queries.dimension == dimension else {
      throw IndexError.dimensionMismatch(
        what: queries.name,
        expected: dimension,
        actual: queries.dimension
      )
    }
    guard queries.count > 0 else { throw IndexError.emptySet(what: queries.name) }
    values = try queries.allRows(preparedFor: metric)
    count = queries.count
    self.dimension = dimension
    ownRows = nil
  }

  /// Takes rows of the set that is searched.
  package init(rows: [UInt32], of vectors: VectorSet, metric: Metric) throws {
    values = try vectors.subset(rows).allRows(preparedFor: metric)
    count = rows.count
    dimension = vectors.dimension
    ownRows = rows
  }

  /// Rows to ask for, ascending, and the rest: 1,000, or more where the target needs more to be
  /// shown, up to the 10,000 whose exact search takes bearable time; a tenth of a small set.
  static func sample(
    of count: Int,
    target: Double,
    seed: UInt64
  ) -> (chosen: [UInt32], rest: [UInt32]) {
    let wanted = max(1_000, min(RecallBound.queriesNeeded(for: target), 10_000))
    let size = min(wanted, max(1, count / 10))
    // Not the order by which a backend chooses what to train on.
    let order = seededShuffle(of: count, seed: SplitMix64.value(seed: seed, at: 1 << 32))
    return (order[..<size].sorted(), order[size...].sorted())
  }

  /// One query.
  func value(of query: Int) -> ArraySlice<Float> {
    values[query * dimension..<(query + 1) * dimension]
  }

  /// The first `k` rows of an answer without the query's own: that of `k` + 1 neighbors where
  /// queries are rows of the set.
  func others(_ rows: some Sequence<UInt32>, of query: Int, k: Int) -> [UInt32] {
    guard let own = ownRows?[query] else { return Array(rows.prefix(k)) }
    return Array(rows.lazy.filter { $0 != own }.prefix(k))
  }

  /// How many neighbors to ask for, so that `k` others are among them.
  func asking(for k: Int) -> Int { ownRows == nil ? k : k + 1 }
}
