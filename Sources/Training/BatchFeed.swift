internal import TrainingData

/// The batches of one step after the other, from whichever step training begins with.
struct BatchFeed {
  private let data: Trainer.Data
  private let plan: TrainingPlan
  private let options: TrainingOptions
  private let ranks: Ranks
  private var loader: (epoch: Int, batches: BatchLoader)?

  init(_ data: Trainer.Data, _ plan: TrainingPlan, _ options: TrainingOptions, _ ranks: Ranks) {
    self.data = data
    self.plan = plan
    self.options = options
    self.ranks = ranks
  }

  /// The batches of a step; steps are asked for one after the other.
  ///
  /// - Throws: what building them throws.
  mutating func batches(of step: Int) throws -> [TrainingBatch] {
    let epoch = plan.epoch(of: step)
    let places = plan.batches(of: step)
    let current = loader?.epoch == epoch ? loader?.batches : nil
    let batches = current ?? open(epoch, from: places.lowerBound)
    loader = (epoch, batches)
    var result: [TrainingBatch] = []
    for _ in places {
      guard let batch = try batches.next() else { break }
      result.append(batch)
    }
    precondition(result.count == places.count, "the epoch has the batches that were planned")
    return result
  }

  private func open(_ epoch: Int, from first: Int) -> BatchLoader {
    let order = EpochOrder(
      count: data.count,
      epoch: epoch,
      seed: options.seed,
      batchSize: options.batchSize,
      ranks: ranks.count,
      dropsLast: options.dropsLast
    )
    return BatchLoader(
      data.builder,
      order: order,
      rank: ranks.rank,
      firstStep: first,
      workers: options.workers
    )
  }
}
