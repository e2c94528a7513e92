/// What one rank computes in one step.
public struct TrainingBatch: Sendable, Equatable {
  /// The epoch, from 0.
  public let epoch: Int
  /// The step in the epoch, from 0.
  public let step: Int
  /// The numbers of the records, for messages.
  public let records: [Int]
  /// How many passages each query has.
  public let passagesPerQuery: Int
  /// The tokens of each query, special tokens included, not padded.
  public let queries: [[Int32]]
  /// The tokens of the passages, special tokens included, not padded: those of the first query, its
  /// positive first, then those of the second, and so on.
  public let passages: [[Int32]]
  /// What tells the queries from each other.
  public let queryKeys: [String]
  /// What tells the passages from each other: equal keys are one passage, which must not be a
  /// negative of its own query; nor must another of the same tokens.
  public let passageKeys: [String]
  /// For each query the keys of all its known positives.
  public let positiveKeys: [Set<String>]
  /// A teacher's scores of ``passages``; `nil` where one of the records has none.
  public let teacherScores: [Float]?
  /// Negatives that stand there although records' own had run out.
  public let shortage: ChosenPassages.Shortage

  /// A batch whose texts are at hand.
  package init(
    epoch: Int,
    step: Int,
    records: [Int],
    passagesPerQuery: Int,
    queries: [[Int32]],
    passages: [[Int32]],
    queryKeys: [String],
    passageKeys: [String],
    positiveKeys: [Set<String>],
    teacherScores: [Float]?,
    shortage: ChosenPassages.Shortage = ChosenPassages.Shortage()
  ) {
    self.epoch = epoch
    self.step = step
    self.records = records
    self.passagesPerQuery = passagesPerQuery
    self.queries = queries
    self.passages = passages
    self.queryKeys = queryKeys
    self.passageKeys = passageKeys
    self.positiveKeys = positiveKeys
    self.teacherScores = teacherScores
    self.shortage = shortage
  }
}
