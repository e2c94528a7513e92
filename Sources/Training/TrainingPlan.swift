internal import TrainingData

/// How many steps a training has, and where in the epochs each of them is.
struct TrainingPlan: Sendable, Equatable {
  /// Batches of each rank in an epoch.
  let batchesPerEpoch: Int
  /// Batches of each rank whose gradients make a step.
  let accumulation: Int
  /// All steps.
  let steps: Int

  /// Plans a training.
  ///
  /// - Throws: ``TrainingError`` where there is no step to make.
  init(_ options: TrainingOptions, records: Int, ranks: Int) throws(TrainingError) {
    let order = EpochOrder(
      count: records,
      epoch: 0,
      seed: nil,
      batchSize: options.batchSize,
      ranks: ranks,
      dropsLast: options.dropsLast
    )
    batchesPerEpoch = order.steps
    accumulation = options.accumulation
    let perEpoch = (order.steps + options.accumulation - 1) / options.accumulation
    steps = options.maxSteps ?? options.epochs * perEpoch
    guard perEpoch > 0, steps > 0 else {
      throw .setting(
        name: "training set",
        reason:
          "\(records) records make no step of \(options.batchSize) queries on \(ranks) ranks; "
          + "give more records or smaller batches"
      )
    }
  }

  /// Steps of an epoch; the last of them may have fewer batches.
  var stepsPerEpoch: Int { (batchesPerEpoch + accumulation - 1) / accumulation }

  /// The epoch of a step, from 0.
  func epoch(of step: Int) -> Int { step / stepsPerEpoch }

  /// The batches of a step in its epoch.
  func batches(of step: Int) -> Range<Int> {
    let first = step % stepsPerEpoch * accumulation
    return first..<min(first + accumulation, batchesPerEpoch)
  }

  /// Passes over the training set after some steps, such as 1.25.
  func epochs(after steps: Int) -> Double { Double(steps) / Double(stepsPerEpoch) }

  /// Whether a step is the last of its epoch.
  func endsEpoch(_ step: Int) -> Bool { (step + 1).isMultiple(of: stepsPerEpoch) }
}
