/// A record as rows of the stores.
struct RecordDraft: Sendable, Equatable {
  var query: Int
  var positives: [Int]
  var negatives: [Int]
  var positiveScores: [Float]?
  var negativeScores: [Float]?

  /// The record as it is written.
  func content(_ format: RecordFormat, _ stores: TrainingStores) -> RecordContent {
    switch format {
    case .ids:
      .ids(
        TrainingRecord(
          query: stores.queries.id(query),
          positives: positives.map { stores.passages.id($0) },
          negatives: negatives.map { stores.passages.id($0) },
          positiveScores: positiveScores,
          negativeScores: negativeScores
        )
      )
    case .tokens:
      .tokens(
        query: stores.queries.tokens(query),
        positives: positives.map { stores.passages.tokens($0) },
        negatives: negatives.map { stores.passages.tokens($0) }
      )
    }
  }
}

/// How records are written.
public enum RecordFormat: String, Sendable, CaseIterable {
  /// The ids of query and passages.
  case ids
  /// Their tokens, as OpenMatch reads them.
  case tokens
}

/// A query after it was looked at: its record, or none where it has to be left out.
struct DraftedQuery: Sendable {
  var draft: RecordDraft?
  var counts = PreparationCounts()

  /// A query that is left out.
  init(leftOut count: WritableKeyPath<PreparationCounts, Int>) { counts[keyPath: count] = 1 }

  /// A query that is left out, and what was met before that was clear.
  init(leftOutAfter counts: PreparationCounts) { self.counts = counts }

  /// A record, its passages counted.
  ///
  /// - Parameters:
  ///   - draft: the record.
  ///   - wanted: how many negatives were asked for.
  ///   - counts: what was met on the way.
  init(_ draft: RecordDraft, wanted: Int, counts: PreparationCounts) {
    self.draft = draft
    self.counts = counts
    self.counts.records = 1
    self.counts.positives = draft.positives.count
    self.counts.negatives = draft.negatives.count
    self.counts.short = draft.negatives.count < wanted ? 1 : 0
    self.counts.bare = draft.negatives.isEmpty ? 1 : 0
  }
}
