internal import ArgumentParser
internal import Needletail

/// How an index is tuned for a recall when it is built.
struct TuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tune the index for this recall, and store which setting reaches it.",
      valueName: "share"
    )
  )
  var recall: Double?

  @Option(
    help: ArgumentHelp(
      "The neighbors per query to tune for: 10,100 (default: 10).",
      valueName: "k,…"
    )
  )
  var recallK: String?

  @Option(
    help: ArgumentHelp(
      "Queries to tune with, of the kind to come (default: a sample of the vectors, searched in a "
        + "second index that is built without them).",
      valueName: "file"
    )
  )
  var tuningQueries: String?

  @Flag(
    help: "Tune with vectors that the index has, without a second build; too optimistic for graphs."
  )
  var leaveOneOut = false

  func validate() throws {
    guard let recall else {
      for (option, value) in [("--recall-k", recallK), ("--tuning-queries", tuningQueries)]
      where value != nil {
        throw ValidationError("\(option) goes with --recall; give both")
      }
      if leaveOneOut { throw ValidationError("--leave-one-out goes with --recall; give both") }
      return
    }
    if leaveOneOut, tuningQueries != nil {
      throw ValidationError("--leave-one-out and --tuning-queries exclude each other; give one")
    }
    guard RecallCurve.allows(target: recall) else {
      throw ValidationError(
        "--recall \(recall) is not allowed; it is \(RecallCurve.allowedTargets)"
      )
    }
    _ = try numbers()
  }

  /// The numbers of neighbors, each once.
  func numbers() throws -> [Int] {
    guard let recallK else { return [10] }
    let parts = recallK.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= 1 }) else {
      throw ValidationError("--recall-k \(recallK) is not allowed; write --recall-k 10,100")
    }
    return numbers
  }

  /// Opens and checks the queries to tune with; `nil` for a sample of the set, or without a recall.
  func openQueries(vectors: VectorSet, metric: Metric) throws -> VectorSet? {
    guard recall != nil, let tuningQueries else { return nil }
    let queries = try VectorSet.open(tuningQueries, role: .queries)
    try checkDimension(of: queries, against: vectors.dimension, of: vectors.name)
    guard queries.count > 0 else { throw IndexError.emptySet(what: tuningQueries) }
    _ = try queries.allRows(preparedFor: metric)
    return queries
  }

  /// Finds out before the build whether the index could be tuned.
  ///
  /// - Parameters:
  ///   - backend: the kind of index.
  ///   - mayBeExact: whether a kind without anything to tune is left untuned, as one that was chosen
  ///     for the recall may be, rather than refused.
  /// - Returns: whether it is going to be tuned.
  /// - Throws: ``IndexStore/RecallError`` where there is nothing to tune, ``VectorCore/IndexError`` for
  ///   numbers out of range.
  func check(_ backend: any IndexBackend.Type, mayBeExact: Bool) throws -> Bool {
    guard let recall else { return false }
    try checkTuning(target: recall, ks: numbers())
    guard !mayBeExact || backend.searchParameters.contains(where: { !$0.sweep.isEmpty }) else {
      return false
    }
    _ = try sweptParameter(of: backend)
    return true
  }

  /// What the index is tuned with; `nil` where it is not.
  func source(_ queries: VectorSet?) -> TuningQuerySource? {
    guard recall != nil else { return nil }
    return queries.map { .given($0) } ?? (leaveOneOut ? .leaveOneOut : .heldOut)
  }

  /// The index with its recall curve, where one was asked for and can be measured.
  func tune(
    _ index: any StoredIndex,
    over vectors: VectorSet,
    queries: VectorSet?,
    threads: Int,
    progress: @escaping @Sendable (BuildProgress) -> Void
  ) throws -> any StoredIndex {
    guard let recall, let source = source(queries), queries != nil || vectors.count > 1 else {
      return index
    }
    return try tuned(
      index,
      over: vectors,
      recall: recall,
      ks: numbers(),
      queries: source,
      threads: threads,
      progress: progress
    )
  }

  /// Says in one line on the standard error where the recall is not reached, or was not measured.
  func warn(of curve: RecallCurve?) {
    guard recall != nil else { return }
    guard let curve else {
      StandardError.write(
        "needle: warning: not tuned, since one vector has no neighbors; give --tuning-queries\n"
      )
      return
    }
    for table in curve.tables where table.setting(reaching: curve.target) == nil {
      let reached = curve.shortfall(of: table, target: curve.target)
      StandardError.write(
        "needle: warning: no setting reaches recall \(curve.target) at k=\(table.k): \(reached)\n"
      )
    }
  }
}
