public import IndexStore
public import VectorCore

/// Builds indexes, searches them, and measures what it costs.
public enum Benchmark {
  /// Runs a plan.
  ///
  /// All indexes are built first; then every round times every setting of every index, so that a
  /// disturbance of the machine meets all of them alike. A sweep ends after the second setting
  /// whose recall exceeds 0.9995: what follows only costs more.
  /// - Parameters:
  ///   - plan: what to build and to time.
  ///   - vectors: the indexed set, at least one vector.
  ///   - queries: at least one query.
  ///   - truth: the true neighbors of the queries, at least `plan.k` (or all that may be found) each.
  ///   - progress: called now and then, from one thread at a time; phases read like
  ///     "build hnsw: adding" and "round 2 of 3".
  /// - Returns: one record per index and setting, in the plan's order.
  /// - Throws: ``VectorCore/IndexError``, ``VectorCore/FileError``, or a backend's own error.
  public static func run(
    _ plan: BenchmarkPlan,
    vectors: VectorSet,
    queries: VectorSet,
    truth: GroundTruth,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> [BenchmarkRecord] {
    let k = try check(plan, vectors: vectors, queries: queries, truth: truth)
    let exactQuality = try plan.quality.map {
      BenchmarkRecord.ExactQuality(
        name: $0.name,
        value: try $0.value(of: truth, k: k, ids: vectors.ids)
      )
    }
    let run = BenchmarkRecord.Run(
      dataset: plan.dataset,
      count: vectors.count,
      dimension: vectors.dimension,
      metric: plan.metric,
      queries: queries.count,
      k: k,
      threads: plan.threads,
      rounds: plan.rounds,
      seed: plan.seed,
      subject: plan.subject,
      machine: .current,
      commit: plan.commit,
      date: currentDate(),
      exactQuality: exactQuality,
      filter: plan.filter.map { .init(name: $0.name, matches: $0.rows.matches) }
    )
    // Squared L2 leaves lengths as they are: scaling to unit length is part of a search's cost.
    let values = try queries.allRows(preparedFor: .squaredL2)
    let builds = BuildMeasurement(
      plan: plan,
      vectors: vectors,
      probe: Array(values[..<vectors.dimension]),
      k: k
    )
    let indexes = try plan.candidates.map { try builds.run($0, progress: progress) }
    let recall = try Recall(
      truth: truth,
      vectors: vectors,
      queries: queries,
      metric: plan.metric
    )
    let searches = SearchMeasurement(
      name: queries.name,
      values: values,
      dimension: vectors.dimension,
      k: k,
      threads: plan.threads
    )
    var sweeps = zip(plan.candidates, indexes).map { Sweep($0.settings, of: $1) }
    for round in 0..<plan.rounds {
      let phase = "round \(round + 1) of \(plan.rounds)"
      try time(&sweeps, plan: plan, searches: searches, recall: recall, round: round) {
        progress(BuildProgress(phase: phase, done: $0, total: $1))
      }
    }
    return sweeps.flatMap { sweep in
      sweep.trials.compactMap { trial in
        trial.search(queries: queries.count).map {
          BenchmarkRecord(run: run, index: sweep.index.facts, search: $0)
        }
      }
    }
  }

  /// One index with its settings.
  private struct Sweep {
    let index: MeasuredIndex
    var trials: [Trial]

    init(_ settings: [Parameters], of index: MeasuredIndex) {
      self.index = index
      trials = settings.map { Trial($0) }
    }

    /// Whether two settings have found practically everything.
    var isSaturated: Bool { trials.count { $0.recall > Benchmark.saturation } >= 2 }
  }

  /// Above this recall a more expensive setting has nothing left to show.
  static let saturation = 0.9995

  /// Times every setting of every index once.
  private static func time(
    _ sweeps: inout [Sweep],
    plan: BenchmarkPlan,
    searches: SearchMeasurement,
    recall: Recall,
    round: Int,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let longest = sweeps.map(\.trials.count).max() ?? 0
    let total = sweeps.reduce(0) { $0 + $1.trials.count }
    var done = 0
    for place in 0..<longest {
      for number in sweeps.indices where place < sweeps[number].trials.count {
        done += 1
        var trial = sweeps[number].trials[place]
        if round == 0 ? sweeps[number].isSaturated : !trial.isMeasured { continue }
        let index = sweeps[number].index.searched
        if trial.batchTotal < plan.budget.inSeconds * Double(plan.rounds) {
          let before = FilterWays(of: index)
          let (seconds, results) = try searches.timeBatch(index, trial.setting)
          trial.addBatch(seconds: seconds)
          if round == 0 {
            trial.filterWay = FilterWays(of: index).name(since: before)
            trial.setRecall(
              recall.recall(at: searches.k, of: results),
              tolerant: try recall.tolerantRecall(
                at: searches.k,
                of: results,
                threads: plan.threads
              ),
              quality: try plan.quality?.value(of: results)
            )
          }
        }
        trial.addSingles(try searches.timeSingles(index, trial.setting, budget: plan.budget))
        sweeps[number].trials[place] = trial
        progress(done, total)
      }
    }
  }

  /// Checks what a user can get wrong, before anything is built.
  ///
  /// - Returns: neighbors per query, no more than there are vectors to be found.
  private static func check(
    _ plan: BenchmarkPlan,
    vectors: VectorSet,
    queries: VectorSet,
    truth: GroundTruth
  ) throws -> Int {
    try requirePositive(plan.k, "k")
    try requirePositive(plan.threads, "threads")
    try requirePositive(plan.rounds, "rounds")
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    guard queries.count > 0 else { throw IndexError.emptySet(what: queries.name) }
    guard queries.dimension == vectors.dimension else {
      throw IndexError.dimensionMismatch(
        what: queries.name,
        expected: vectors.dimension,
        actual: queries.dimension
      )
    }
    precondition(
      truth.queryCount == queries.count,
      "truth of \(truth.queryCount) queries for \(queries.count)"
    )
    if let filter = plan.filter {
      precondition(filter.rows.count == vectors.count, "a filter of other vectors")
      guard filter.rows.matches > 0 else {
        throw IndexError.invalidParameter(
          name: "filter",
          value: filter.name,
          allowed: "a condition that a vector meets"
        )
      }
    }
    let k = min(plan.k, plan.filter?.rows.matches ?? vectors.count)
    guard k <= truth.k else {
      throw IndexError.invalidParameter(
        name: "k",
        value: "\(k)",
        allowed: "at most \(truth.k), the neighbors per query in the ground truth"
      )
    }
    return k
  }
}
