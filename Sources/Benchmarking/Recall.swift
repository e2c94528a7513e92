internal import Synchronization
public import VectorCore

/// Counts how much of the truth an index finds.
///
/// Two definitions are in use, and they differ where vectors tie; a figure is worth nothing
/// without saying which it is:
/// - ``recall(at:of:)``, by id, is the plain word "recall@k" everywhere in Needletail;
/// - ``tolerantRecall(at:of:tolerance:threads:)``, by score, is what ann-benchmarks reports.
public struct Recall: Sendable {
  private let truth: GroundTruth
  private let scorer: RowScorer
  private let rowOf: [UInt64: UInt32]?

  /// Prepares to count against `truth`.
  ///
  /// - Parameters:
  ///   - truth: the true neighbors of `queries` in `vectors`.
  ///   - vectors: the indexed set, with the ids that results speak of.
  ///   - queries: as many as the truth has.
  ///   - metric: how vectors are compared.
  /// - Throws: ``VectorCore/IndexError/dimensionMismatch(what:expected:actual:)``.
  public init(
    truth: GroundTruth,
    vectors: VectorSet,
    queries: VectorSet,
    metric: Metric
  ) throws {
    precondition(
      truth.queryCount == queries.count,
      "truth of \(truth.queryCount) queries for \(queries.count)"
    )
    self.truth = truth
    scorer = try RowScorer(vectors: vectors, queries: queries, metric: metric)
    rowOf = vectors.ids.explicit.map { ids in
      Dictionary(zip(ids, 0..<UInt32(ids.count))) { first, _ in first }
    }
  }

  /// The mean over all queries of |returned top k ∩ true top k| / k, by id.
  ///
  /// An id that is returned twice counts once; a neighbor beyond place k does not count. Where
  /// several vectors tie for place k, only those that the truth lists count.
  /// - Precondition: `k` is in `1...truth.k` and the results are those of the truth's queries.
  public func recall(at k: Int, of results: SearchResults) -> Double {
    check(k, results)
    var hits = 0
    for query in 0..<results.queryCount {
      let wanted = Set(truth.rows[query * truth.k..<query * truth.k + k])
      hits += returnedRows(query, results, k).intersection(wanted).count
    }
    return Double(hits) / Double(results.queryCount * k)
  }

  /// Recall as ann-benchmarks counts it: the mean over all queries of the share of the returned
  /// top k whose score is at least as good as the true k-th one, up to `tolerance`.
  ///
  /// Scores are recomputed in double precision from the vectors, so an index that returns
  /// estimates is judged by what it found. The tolerance is absolute, and for ``Metric/squaredL2``
  /// holds for the distance itself, not its square.
  /// - Precondition: as for ``recall(at:of:)``.
  /// - Throws: what the sources of vectors and queries throw.
  public func tolerantRecall(
    at k: Int,
    of results: SearchResults,
    tolerance: Double = 1e-3,
    threads: Int = 1
  ) throws -> Double {
    check(k, results)
    let total = Atomic<Int>(0)
    try parallelFor(results.queryCount, chunk: 64, threads: threads) { _, range in
      var hits = 0
      for query in range {
        let start = query * truth.k
        let wanted = Set(truth.rows[start..<start + k])
        let returned = returnedRows(query, results, k)
        let others = returned.subtracting(wanted)
        hits += returned.count - others.count
        let worst = Double(truth.scores[start + k - 1])
        hits += try scorer.scores(query: query, rows: others)
          .count { isAsNear($0.value, as: worst, tolerance) }
      }
      total.wrappingAdd(hits, ordering: .relaxed)
    }
    return Double(total.load(ordering: .relaxed)) / Double(results.queryCount * k)
  }

  private func isAsNear(_ score: Double, as worst: Double, _ tolerance: Double) -> Bool {
    if scorer.metric.largerIsNearer { return score >= worst - tolerance }
    return score.squareRoot() <= max(worst, 0).squareRoot() + tolerance
  }

  private func returnedRows(_ query: Int, _ results: SearchResults, _ k: Int) -> Set<UInt32> {
    let start = query * results.k
    let ids = results.ids[start..<start + min(k, results.counts[query])]
    guard let rowOf else { return Set(ids.map { UInt32(truncatingIfNeeded: $0) }) }
    return Set(ids.compactMap { rowOf[$0] })
  }

  private func check(_ k: Int, _ results: SearchResults) {
    precondition((1...truth.k).contains(k), "k \(k) outside 1...\(truth.k)")
    precondition(
      results.queryCount == truth.queryCount,
      "results of \(results.queryCount) queries, truth of \(truth.queryCount)"
    )
  }
}
