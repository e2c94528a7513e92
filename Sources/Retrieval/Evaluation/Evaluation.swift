internal import Synchronization
internal import VectorCore

/// What becomes of judged queries for which a run has nothing.
public enum MissingQueries: String, Sendable, CaseIterable {
  /// They count as found nothing: 0 for every measure, as MS MARCO's script and trec_eval's `-c`
  /// have it.
  case zero
  /// They are left out, as trec_eval does unless told otherwise; a run can only gain by giving up.
  case skip
}

/// How a run is ranked and judged.
public struct EvaluationOptions: Sendable {
  /// Which of two documents comes first.
  public var ties = TieOrder.trec
  /// What becomes of judged queries for which the run has nothing.
  public var missing = MissingQueries.zero
  /// The least grade that counts as relevant, at least 1; nDCG looks at all grades above 0.
  public var level: Int32 = 1
  /// Threads to work with; the result does not depend on it.
  public var threads = 1

  /// The defaults.
  public init() {}
}

/// The values of measures for each query of a run, and over all.
public struct Evaluation: Sendable {
  /// The measures, in the order asked for.
  public let measures: [Measure]
  /// The queries that count, in the order of the judgments.
  public let queryIDs: [String]
  /// The value of each query, `[measures][queries]`.
  public let values: [[Double]]
  /// How many queries were judged.
  public let judgedCount: Int
  /// Judged queries for which the run has nothing.
  public let missingCount: Int
  /// Queries of the run without judgments, which count nowhere.
  public let extraCount: Int
  /// The most documents that the run has for one of the judged queries.
  public let depth: Int

  /// Judges a run.
  ///
  /// - Throws: ``VectorCore/FileError`` where ranks are asked for and are not 1, 2, 3 and so on, and
  ///   where no query counts.
  /// - Complexity: O(entries), sorting those of queries that are not in order.
  public init(
    of run: Run,
    by qrels: Qrels,
    measures: [Measure],
    options: EvaluationOptions = EvaluationOptions()
  ) throws {
    let judge = Judge(run: run, qrels: qrels, ties: options.ties, level: options.level)
    let counted = judge.queries.indices.filter {
      options.missing == .zero || judge.queries[$0] != nil
    }
    guard !counted.isEmpty else { throw judge.nothingInCommon }
    let rows = Mutex([[Double]](repeating: [], count: counted.count))
    let deepest = Mutex(0)
    try parallelFor(counted.count, chunk: 64, threads: options.threads) { _, range in
      var found: [[Double]] = []
      var depth = 0
      for place in range {
        let ranking = try judge.ranking(of: counted[place])
        depth = max(depth, ranking.retrieved)
        found.append(measures.map { $0.value(of: ranking) })
      }
      rows.withLock { $0.replaceSubrange(range, with: found) }
      deepest.withLock { $0 = max($0, depth) }
    }
    let byQuery = rows.withLock { $0 }
    self.measures = measures
    queryIDs = counted.map { qrels.queries[UInt32(truncatingIfNeeded: $0)] }
    values = measures.indices.map { measure in byQuery.map { $0[measure] } }
    judgedCount = qrels.queryCount
    missingCount = judge.queries.count { $0 == nil }
    extraCount = run.queryCount - (judge.queries.count - missingCount)
    depth = deepest.withLock { $0 }
  }

  /// The value over all queries: the mean, the sum for counts, the geometric mean for those named
  /// so.
  public func overall(_ measure: Int) -> Double {
    let sum = values[measure].reduce(0, +)
    switch measures[measure].family.summary {
    case .sum: return sum
    case .mean: return sum / Double(queryIDs.count)
    case .geometricMean: return exponential(sum / Double(queryIDs.count))
    }
  }

  /// The measures that look at more documents than the run has for any query.
  public var cutShort: [Measure] { measures.filter { ($0.cutoff ?? 0) > depth } }
}
