/// What is known of one training query: the passages that answer it, and some that do not.
public struct TrainingRecord: Sendable, Equatable {
  /// The query's id.
  public var query: String
  /// The ids of relevant passages; at least one.
  public var positives: [String]
  /// The ids of other passages, in the order in which they were drawn or, where the best were taken,
  /// ranked.
  public var negatives: [String]
  /// A teacher's score for each of ``positives``, for distillation.
  public var positiveScores: [Float]?
  /// A teacher's score for each of ``negatives``, for distillation.
  public var negativeScores: [Float]?

  /// A record; scores, where given, are as many as the passages.
  public init(
    query: String,
    positives: [String],
    negatives: [String],
    positiveScores: [Float]? = nil,
    negativeScores: [Float]? = nil
  ) {
    self.query = query
    self.positives = positives
    self.negatives = negatives
    self.positiveScores = positiveScores
    self.negativeScores = negativeScores
  }
}
