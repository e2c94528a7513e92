internal import Retrieval
public import TrainingData

/// What is measured of a model while it is trained.
public struct Validation {
  /// The name of the loss among the measures.
  public static let lossName = "loss"

  private let loss: LossValidation
  private let retrieval: RetrievalValidation?

  /// Prepares the loss on held-out records, and retrieval from a small index where it is asked for.
  ///
  /// - Parameters:
  ///   - set: records that are not trained on.
  ///   - builder: makes batches of them.
  ///   - batchSize: how many queries share a batch.
  ///   - objective: what loss.
  ///   - retrieval: the small index; `nil` for none.
  public init(
    _ set: any TrainingSet,
    builder: BatchBuilder,
    batchSize: Int,
    objective: Objective,
    retrieval: RetrievalValidation?
  ) {
    loss = LossValidation(
      builder: builder,
      count: set.count,
      batchSize: batchSize,
      objective: objective
    )
    self.retrieval = retrieval
  }

  /// The names of the measures.
  public var names: [String] { [Self.lossName] + (retrieval?.measures.map(\.name) ?? []) }

  /// The values of all measures; the same in all ranks.
  func measure(_ retriever: Retriever, _ ranks: Ranks) throws -> [LogEntry.Measure] {
    let values =
      try [loss.loss(of: retriever, ranks: ranks)]
      + (retrieval?.measure(retriever, ranks: ranks) ?? [])
    return zip(names, values).map { LogEntry.Measure($0, $1) }
  }
}
