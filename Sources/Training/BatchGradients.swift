internal import Encoding
internal import Torch
package import TrainingData
internal import VectorCore

/// Computes a batch's loss, and adds its gradients to those of the parameters.
package struct BatchGradients {
  let retriever: Retriever
  let objective: Objective
  let ranks: Ranks
  /// Whether values are dropped.
  let drops: Bool
  /// How many queries and passages are recorded at once; `nil` for all.
  let cache: GradientCache?

  /// Computes with a model; see the properties.
  package init(
    retriever: Retriever,
    objective: Objective,
    ranks: Ranks,
    drops: Bool,
    cache: GradientCache?
  ) {
    self.retriever = retriever
    self.objective = objective
    self.ranks = ranks
    self.drops = drops
    self.cache = cache
  }

  /// Adds the gradients of a batch.
  ///
  /// - Parameters:
  ///   - batch: the texts.
  ///   - factor: multiplies the gradients.
  ///   - seed: fixes what is dropped.
  /// - Returns: the loss, without the factor.
  /// - Throws: `TorchError`; `EncodingError` for texts that the model cannot take.
  package func add(_ batch: TrainingBatch, factor: Double, seed: UInt64) throws -> Double {
    // Shared negatives make every rank's loss the whole loss, whose gradients reach the rank's own
    // vectors only: the sum over ranks is right. Separate losses are to be averaged.
    let scale = objective.gathers ? factor : factor / Double(ranks.count)
    if let cache {
      return try cache.add(batch, to: self, scale: scale, seed: seed)
    }
    let vectors = try RandomNumbers.seeded(SplitMix64.value(seed: seed, at: 0)) {
      try retriever.vectors(
        queries: batch.queries[...],
        passages: batch.passages[...],
        drops: drops
      )
    }
    let loss = try loss(of: batch, queries: vectors.queries, passages: vectors.passages)
    try (loss * scale).backward()
    return try loss.item()
  }

  /// The loss of a batch by its vectors.
  func loss(of batch: TrainingBatch, queries: Tensor, passages: Tensor) throws -> Tensor {
    try objective.loss(
      queries: queries,
      passages: passages,
      labels: BatchLabels(batch),
      ranks: ranks
    )
  }
}
