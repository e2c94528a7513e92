internal import Encoding
internal import Torch
internal import TrainingData

/// The loss on records that are not trained on, without dropout.
///
/// Its value depends on how many queries share a batch; they are as many for every number of ranks.
struct LossValidation {
  let builder: BatchBuilder
  /// Records, in the order of the file.
  let count: Int
  let batchSize: Int
  let objective: Objective

  /// The mean loss over all queries.
  ///
  /// - Throws: what building batches throws; `TorchError`.
  func loss(of retriever: Retriever, ranks: Ranks) throws -> Double {
    let order = EpochOrder(count: count, epoch: 0, seed: nil, batchSize: batchSize)
    var alone = objective
    alone.sharesNegatives = false
    var sum = 0.0
    for step in stride(from: ranks.rank, to: order.steps, by: ranks.count) {
      let batch = try builder.batch(of: order, step: step, rank: 0)
      let loss = try withoutGradients {
        let vectors = try retriever.vectors(
          queries: batch.queries[...],
          passages: batch.passages[...],
          drops: false
        )
        return try alone.loss(
          queries: vectors.queries,
          passages: vectors.passages,
          labels: BatchLabels(batch),
          ranks: .single
        ).item()
      }
      sum += loss * Double(batch.queries.count)
    }
    return try ranks.sum(sum) / Double(count)
  }
}
