public import IndexStore
public import VectorCore

/// Builds indexes, searches them, and measures what it costs.
public enum Benchmark {
  /// Runs a plan.
  ///
  /// All indexes are built first; then every round times every setting of every index, so that a
  /// disturbance of the machine meets all of them alike.
  /// - Parameters:
  ///   - plan: what to build and to time.
  ///   - vectors: the indexed set, at least one vector.
  ///   - queries: at least one query.
  ///   - truth: the true neighbors of the queries, at least `plan.k` (or all vectors) each.
  ///   - progress: called now and then, from one thread at a time; phases read as "build hnsw: adding" and
  ///     "round 2 of 3".
  /// - Returns: one record per index and setting, in the plan's order.
  /// - Throws: ``VectorCore/IndexError``, ``VectorCore/FileError``, or a backend's own error.
  public static func run(
    _ plan: BenchmarkPlan,
    vectors: VectorSet,
    queries: VectorSet,
    truth: GroundTruth,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> [BenchmarkRecord] {
    []
  }
}
