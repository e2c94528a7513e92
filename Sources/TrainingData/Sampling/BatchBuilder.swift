public import Tokenization
internal import VectorCore

/// Makes batches from the records of a training set.
public struct BatchBuilder: Sendable {
  /// Makes of stored tokens the sequence that the model gets: cut, with special tokens around.
  public typealias Wrapping = @Sendable ([Int32]) throws -> [Int32]

  private let set: any TrainingSet
  private let sampling: PassageSampling
  private let wrapQuery: Wrapping
  private let wrapPassage: Wrapping

  /// Creates a builder that wraps tokens in any way.
  ///
  /// - Parameters:
  ///   - set: the records.
  ///   - sampling: chooses their passages.
  ///   - wrapQuery: makes sequences of queries.
  ///   - wrapPassage: makes sequences of passages.
  public init(
    set: any TrainingSet,
    sampling: PassageSampling,
    wrapQuery: @escaping Wrapping,
    wrapPassage: @escaping Wrapping
  ) {
    self.set = set
    self.sampling = sampling
    self.wrapQuery = wrapQuery
    self.wrapPassage = wrapPassage
  }

  /// Creates a builder that wraps tokens as a tokenizer does.
  ///
  /// - Parameters:
  ///   - set: the records.
  ///   - sampling: chooses their passages.
  ///   - tokenizer: knows the special tokens.
  ///   - queryLength: tokens of a query at most, special tokens included.
  ///   - passageLength: tokens of a passage at most, special tokens included.
  public init(
    set: any TrainingSet,
    sampling: PassageSampling,
    tokenizer: Tokenizer,
    queryLength: Int,
    passageLength: Int
  ) {
    self.init(
      set: set,
      sampling: sampling,
      wrapQuery: { try tokenizer.encode(ids: $0, maxLength: queryLength) },
      wrapPassage: { try tokenizer.encode(ids: $0, maxLength: passageLength) }
    )
  }

  /// What the batches depend on beside records and tokenizer, by names for messages.
  public var identity: [(name: String, value: String)] {
    [
      ("sampling", sampling.policy.rawValue), ("passages of a query", "\(sampling.passages)"),
      ("positives", sampling.positives.rawValue),
      ("permuted negatives", "\(sampling.shufflesNegatives)"),
    ]
  }

  /// The batch of a step.
  ///
  /// - Parameters:
  ///   - order: the order of the epoch.
  ///   - step: 0 to `order.steps - 1`.
  ///   - rank: 0 to `order.ranks - 1`.
  /// - Returns: the batch, its records in the order of the epoch.
  /// - Throws: what the set, the sampling and the wrapping throw, for the first record that is wrong.
  public func batch(of order: EpochOrder, step: Int, rank: Int) throws -> TrainingBatch {
    let records = order.records(step: step, rank: rank)
    let chosen = try records.map {
      try sampling.choose(record: $0, epoch: order.epoch, from: set)
    }
    let passages = chosen.flatMap(\.passages)
    let scores = chosen.compactMap(\.scores)
    var shortage = ChosenPassages.Shortage()
    for part in chosen { shortage += part.shortage }
    return TrainingBatch(
      epoch: order.epoch,
      step: step,
      records: records,
      passagesPerQuery: sampling.passages,
      queries: try chosen.map { try wrapQuery(set.queryTokens(of: $0.query)) },
      passages: try passages.map { try wrapPassage(set.passageTokens(of: $0)) },
      queryKeys: chosen.map(\.query.key),
      passageKeys: passages.map(\.key),
      positiveKeys: chosen.map(\.positiveKeys),
      teacherScores: scores.count == chosen.count ? scores.flatMap { $0 } : nil,
      shortage: shortage
    )
  }
}
