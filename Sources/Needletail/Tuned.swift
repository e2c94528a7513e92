public import IndexStore
public import VectorCore

/// Measures what recall an index reaches at each setting of its search parameter, so that searches
/// can ask for a recall instead of a setting.
///
/// ```swift
/// let index = try buildIndex(over: vectors, "hnsw", metric: .cosine)
/// let aimed = try tuned(index, over: vectors, recall: 0.95)
/// let found = try aimed.search(queries, k: 10, parameters: ["recall": 0.9])
/// ```
/// The queries are, unless others are asked for, a seeded sample of the vectors: 1,000, or more where
/// a high target needs them to be shown, and at most a tenth of the set. See ``TuningQuerySource``
/// for how they are searched. They are no measure for queries of another kind, such as questions
/// against documents; give some of those.
///
/// A returned vector counts where it is among the true k, or is as near as the true k-th one,
/// computed in double precision: of several copies of one vector any will do, where recall by id
/// would ask for those that stand first.
/// - Parameters:
///   - index: the index; its backend must describe a search parameter with a sweep.
///   - vectors: the vectors that it was built from.
///   - target: the recall of a search that names neither a recall nor a setting, between 0 and 1.
///   - ks: the numbers of neighbors to measure with, each at least 1, cut to what can be found.
///   - source: what to measure with.
///   - threads: how many threads may search; the result does not depend on it.
///   - progress: called now and then, from one thread at a time.
/// - Returns: the index with its recall curve, which ``StoredIndex/save(to:compress:threads:)``
///   stores with it.
/// - Throws: ``IndexStore/RecallError`` for a backend without such a parameter, for a set of one
///   vector without queries of their own, and for vectors that are not the index's;
///   ``VectorCore/IndexError`` for a target, `k` or `threads` out of range and for bad queries;
///   ``VectorCore/FileError`` where vectors cannot be read.
public func tuned(
  _ index: any StoredIndex,
  over vectors: VectorSet,
  recall target: Double,
  ks: [Int] = [10],
  queries source: TuningQuerySource = .heldOut,
  threads: Int = 1,
  progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
) throws -> TunedIndex {
  try checkTuning(target: target, ks: ks, threads: threads)
  let base = (index as? TunedIndex)?.base ?? index
  let parameter = try sweptParameter(of: backend(named: base.summary.backend))
  try check(vectors, against: base)
  let rehearsal = try Rehearsal(
    base,
    vectors,
    source,
    target: target,
    threads: threads,
    progress: progress
  )
  let tuner = Tuner(
    index: rehearsal.index,
    vectors: rehearsal.vectors,
    queries: rehearsal.queries,
    parameter: parameter,
    threads: threads,
    progress: progress
  )
  let most = rehearsal.vectors.count - (rehearsal.queries.ownRows == nil ? 0 : 1)
  let tables = try tuner.tables(Set(ks.map { min($0, most) }).sorted())
  return TunedIndex(
    base,
    curve: RecallCurve(
      parameter: parameter.name,
      target: target,
      queryCount: rehearsal.queries.count,
      querySource: rehearsal.source,
      tables: tables
    )
  )
}

/// The search parameter that trades recall for time: the first that a backend describes with a
/// sweep.
///
/// - Throws: ``IndexStore/RecallError/nothingToTune(backend:)`` where there is none.
package func sweptParameter(
  of backend: any IndexBackend.Type
) throws(RecallError) -> ParameterDescription {
  guard let found = backend.searchParameters.first(where: { !$0.sweep.isEmpty }) else {
    throw .nothingToTune(backend: backend.name)
  }
  return found
}

/// Checks the numbers that a tuning is given, before any work.
///
/// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)``.
package func checkTuning(target: Double, ks: [Int], threads: Int = 1) throws(IndexError) {
  guard RecallCurve.allows(target: target) else {
    throw .invalidParameter(
      name: Parameters.recallName,
      value: "\(target)",
      allowed: RecallCurve.allowedTargets
    )
  }
  guard (1...RecallCurve.tableLimit).contains(Set(ks).count) else {
    throw .invalidParameter(
      name: "recall-k",
      value: ks.map { "\($0)" }.joined(separator: ","),
      allowed: "1 to \(RecallCurve.tableLimit) numbers of neighbors"
    )
  }
  for k in ks where k < 1 {
    throw .invalidParameter(name: "recall-k", value: "\(k)", allowed: "at least 1")
  }
  guard threads >= 1 else {
    throw .invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
  }
}

private func check(_ vectors: VectorSet, against index: any StoredIndex) throws {
  let summary = index.summary
  guard vectors.dimension == summary.dimension else {
    throw IndexError.dimensionMismatch(
      what: vectors.name,
      expected: summary.dimension,
      actual: vectors.dimension
    )
  }
  guard vectors.count == summary.count, vectors.ids == index.ids else {
    throw RecallError.otherVectors(
      what: vectors.name,
      count: vectors.count,
      expected: summary.count
    )
  }
}
