public import Retrieval
internal import VectorCore

/// Chooses negatives among the passages that a run found for a query: those that a model takes for
/// relevant and that are not, as far as is known.
///
/// Few of the passages that are relevant were judged, so that the best of a run are often unknown
/// positives. Margins to the positive's score leave them out, after Moreira et al., "NV-Retriever:
/// Improving text embedding models with effective hard-negative mining", arXiv:2407.15831: TopK-MarginPos
/// is ``MiningSettings/margin``, TopK-PercPos ``MiningSettings/relativeMargin``.
public struct HardNegativeMiner: Sendable {
  private let run: Run
  private let context: QueryContext
  private let settings: MiningSettings
  private let earlier: EarlierNegatives?
  /// The row of each document of the run, negative where the store has no such passage.
  private let rows: [Int64]

  /// Looks the documents of a run up in a store.
  ///
  /// - Parameters:
  ///   - run: what was found for each query.
  ///   - judgments: which passages are relevant.
  ///   - stores: queries and passages.
  ///   - settings: which negatives are taken.
  ///   - missing: what becomes of ids that are missing.
  ///   - earlier: negatives of earlier records, to be mixed with those of the run.
  /// - Complexity: O(different documents).
  public init(
    _ run: Run,
    judgments: Judgments,
    stores: TrainingStores,
    settings: MiningSettings,
    missing: MissingIDs,
    earlier: EarlierNegatives? = nil
  ) {
    self.run = run
    self.settings = settings
    self.earlier = earlier
    context = QueryContext(stores: stores, judgments: judgments, missing: missing)
    rows = (0..<UInt32(truncatingIfNeeded: run.documents.count)).map { number in
      Int64(stores.passages.row(of: run.documents[number]) ?? -1)
    }
  }

  /// How many queries the run has.
  public var queryCount: Int { run.queryCount }

  /// The most passages that the run has for a query.
  public var depth: Int { zip(run.starts, run.starts.dropFirst()).map { $1 - $0 }.max() ?? 0 }

  /// The run's path.
  var path: String { run.path }

  /// What a run says of a query.
  private struct Found {
    /// Passages that may be negatives, best first.
    var candidates: [Candidate] = []
    /// The scores of relevant passages by row.
    var positives: [Int: Float] = [:]
    /// Their rows, best first.
    var ranked: [Int] = []
    var counts = PreparationCounts()
  }

  /// A passage with its score.
  private struct Candidate {
    let row: Int
    /// `nil` where it comes from earlier records.
    let score: Float?
  }

  /// Makes the record of a query.
  ///
  /// - Parameter number: 0 to `queryCount - 1`, in the order of the run.
  /// - Returns: the record, or why there is none.
  /// - Throws: `FileError` for missing ids where they are an error.
  func drafted(_ number: Int) throws(FileError) -> DraftedQuery {
    let query = UInt32(truncatingIfNeeded: number)
    let id = run.queries[query]
    let judged: QueryContext.Judged
    switch try context.judged(id.utf8Span.span, run.path, "query '\(id)'") {
    case .failure(let reason): return DraftedQuery(leftOut: reason.count)
    case .success(let found): judged = found
    }
    var found = try found(query, id, judged)
    found.counts.unknownPassages += judged.unknownPassages
    let best = found.positives.values.max()
    if best == nil {
      found.counts.unranked = 1
      if settings.unranked == .skip || settings.withScores {
        return DraftedQuery(leftOutAfter: found.counts)
      }
    }
    let kept = found.candidates.filter { settings.allows($0.score, besides: best) }
    found.counts.suspected = found.candidates.count - kept.count
    var positives = judged.positives
    if settings.withScores { positives = positives.filter { found.positives[$0] != nil } }
    if settings.ranksPositives {
      let unranked = positives.filter { !found.ranked.contains($0) }
      positives = found.ranked.filter(positives.contains) + unranked
    }
    let negatives = chosen(
      of: kept,
      earlier: try earlierNegatives(judged, besides: found.candidates),
      query: QueryHash.of(id)
    )
    found.counts.earlier = negatives.count { $0.score == nil }
    var draft = RecordDraft(
      query: judged.row,
      positives: positives,
      negatives: negatives.map(\.row)
    )
    if settings.withScores {
      draft.positiveScores = positives.compactMap { found.positives[$0] }
      draft.negativeScores = negatives.compactMap(\.score)
    }
    return DraftedQuery(draft, wanted: settings.sampleCount, counts: found.counts)
  }

  /// Goes through the run's passages for a query.
  private func found(
    _ query: UInt32,
    _ id: String,
    _ judged: QueryContext.Judged
  ) throws(FileError) -> Found {
    var found = Found()
    let ranking = try run.ranking(of: query, by: .trec)
    var seen = 0
    for (place, entry) in ranking.enumerated() {
      let row = Int(rows[Int(run.documentOf[entry])])
      if judged.positives.contains(row) {
        if found.positives.updateValue(run.scores[entry], forKey: row) == nil {
          found.ranked.append(row)
        }
        found.counts.relevant += 1
        continue
      }
      guard place + 1 >= settings.firstRank, place + 1 <= settings.lastRank ?? .max,
        seen < settings.depth
      else { continue }
      seen += 1
      guard row >= 0 else {
        try context.missing.check(
          run.path,
          "query '\(id)'",
          "the passage '\(run.documents[run.documentOf[entry]])' is not in "
            + context.stores.passages.path
        )
        found.counts.unknownPassages += 1
        continue
      }
      found.candidates.append(Candidate(row: row, score: run.scores[entry]))
    }
    found.counts.shallow = ranking.count < settings.runDepth ? 1 : 0
    return found
  }

  /// The negatives of an earlier record that are neither relevant nor among the run's.
  private func earlierNegatives(
    _ judged: QueryContext.Judged,
    besides candidates: [Candidate]
  ) throws(FileError) -> [Candidate] {
    guard let earlier else { return [] }
    let known = Set(judged.positives + candidates.map(\.row))
    return try earlier.rows(ofQuery: judged.row)
      .filter { !known.contains($0) }
      .map { Candidate(row: $0, score: nil) }
  }

  /// Takes as many as are asked for, by the share of earlier ones; either side fills up the other.
  private func chosen(of mined: [Candidate], earlier: [Candidate], query: UInt64) -> [Candidate] {
    let wanted = settings.sampleCount
    func draw(_ count: Int, _ candidates: [Candidate], _ stream: UInt64) -> [Candidate] {
      switch settings.sampling {
      case .top: Array(candidates.prefix(count))
      case .random:
        Sampling.draw(count, of: candidates, seed: settings.seed, query: query, stream: stream)
      }
    }
    let share = Int((Double(wanted) * settings.earlierShare).rounded())
    let minedCount = min(mined.count, max(wanted - share, wanted - earlier.count))
    let taken = draw(minedCount, mined, 0)
    let added = draw(wanted - minedCount, earlier, 1)
    guard !added.isEmpty else { return taken }
    return draw(wanted, taken + added, 2)
  }
}
