internal import Encoding
internal import Retrieval
internal import Torch
public import TrainingData
public import VectorCore

/// Trains a retriever: the loop over batches, with validations and checkpoints on its way.
///
/// Everything that depends on chance follows from the seed and the number of the step; so a training
/// that goes on from a checkpoint makes the same weights as one that was never interrupted, bit by
/// bit, as far as libtorch computes the same sums for the same threads.
public final class Trainer {
  /// What is trained on.
  public struct Data {
    let builder: BatchBuilder
    let count: Int
    let fingerprint: UInt64

    /// Records with what makes batches of them.
    public init(_ set: any TrainingSet, builder: BatchBuilder) {
      self.builder = builder
      count = set.count
      fingerprint = set.fingerprint
    }
  }

  /// What a training came to.
  public struct Outcome: Sendable {
    /// Steps that were made, those before a resume included.
    public let steps: Int
    /// The step whose weights were kept.
    public let keptStep: Int
    /// The value of the measure by which they were chosen.
    public let bestValue: Double?
    /// Whether training stopped because validations did not get better.
    public let stoppedEarly: Bool
    /// Seconds, those before a resume included.
    public let seconds: Double
    /// Negatives of this run and rank that stood in because records had too few.
    public let shortage: ChosenPassages.Shortage
  }

  private let retriever: Retriever
  private let data: Data
  private let options: TrainingOptions
  private let ranks: Ranks
  private let validation: Validation?
  private let gradients: BatchGradients
  private let optimizer: AdamW
  private let schedule: LearningRateSchedule
  private let checkpoints: Checkpoints
  /// All that the weights depend on, by names for a table.
  public let identity: [(name: String, value: String)]
  private var state = TrainerState()
  private var shortage = ChosenPassages.Shortage()
  private let plan: TrainingPlan

  /// All steps of the training.
  public var plannedSteps: Int { plan.steps }

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - retriever: the model, which is changed.
  ///   - data: what it is trained on.
  ///   - validation: what is measured on the way; `nil` for nothing.
  ///   - options: how it is trained.
  ///   - ranks: the processes that train together, all with the same arguments.
  ///   - folder: where checkpoints, and at the end the model, are written.
  /// - Throws: ``TrainingError`` for settings that do not fit; `TorchError`.
  public init(
    _ retriever: Retriever,
    data: Data,
    validation: Validation?,
    options: TrainingOptions,
    ranks: Ranks,
    folder: String
  ) throws {
    self.retriever = retriever
    self.data = data
    self.options = options
    self.ranks = ranks
    self.validation = validation
    plan = try TrainingPlan(options, records: data.count, ranks: ranks.count)
    if let name = options.bestBy, validation?.names.contains(name) != true {
      let known = validation?.names.joined(separator: ", ") ?? "none, since nothing is validated"
      throw TrainingError.setting(
        name: "best by",
        reason: "'\(name)' is not measured; there are: \(known)"
      )
    }
    gradients = BatchGradients(
      retriever: retriever,
      objective: options.objective,
      ranks: ranks,
      drops: options.drops,
      cache: options.cache
    )
    optimizer = try AdamW(
      retriever.parameters,
      AdamW.Settings(
        beta1: options.beta1,
        beta2: options.beta2,
        epsilon: options.epsilon,
        weightDecay: options.weightDecay,
        maxNorm: options.maxGradientNorm > 0 ? options.maxGradientNorm : nil
      )
    )
    schedule = LearningRateSchedule(
      peak: options.learningRate,
      warmupRatio: options.warmupRatio,
      steps: plan.steps
    )
    checkpoints = Checkpoints(folder: folder)
    identity =
      options.identity + data.builder.identity + [
        ("records", "\(data.count) (\(String(data.fingerprint, radix: 16)))"),
        ("ranks", "\(ranks.count)"), ("tied encoders", "\(retriever.isTied)"),
        ("the type", retriever.dtype.rawValue),
      ]
  }

  /// Goes on from the last checkpoint, whose model the retriever was opened with: see
  /// ``lastCheckpoint(in:)``.
  ///
  /// - Returns: the step from which training goes on; 0 where there is no checkpoint.
  /// - Throws: ``TrainingError`` where the checkpoint was made with other data or settings;
  ///   `FileError` for damaged files; `TorchError`.
  public func resume() throws -> Int {
    guard let step = try checkpoints.steps().last else { return 0 }
    state = try checkpoints.restore(step, optimizer, identity: identity)
    return state.step
  }

  /// The folder of the last checkpoint in a training's folder; `nil` where there is none.
  ///
  /// - Throws: `FileError` where the folder cannot be read.
  public static func lastCheckpoint(in folder: String) throws(FileError) -> String? {
    let checkpoints = Checkpoints(folder: folder)
    return try checkpoints.steps().last.map { checkpoints.path($0) }
  }

  /// Trains to the end, and writes the model.
  ///
  /// - Parameter observer: is told how it goes.
  /// - Returns: what it came to.
  /// - Throws: ``TrainingError`` where the loss is not finite; what the data, libtorch and the files
  ///   throw. Checkpoints that were written stay.
  public func run(_ observer: (any TrainingObserver)? = nil) throws -> Outcome {
    try ranks.spread(retriever.parameters.map(\.tensor))
    let firstStep = state.step
    var meter = Meter(secondsBefore: state.seconds)
    var feed = BatchFeed(data, plan, options, ranks)
    while state.step < plan.steps, !state.stoppedEarly {
      let step = state.step
      try advance(&feed, &meter)
      state.step += 1
      state.seconds = meter.seconds
      observer?.progressed(meter.progress(step: state.step, of: plan.steps, from: firstStep))
      let validates = validates(after: step)
      let isLogged = state.step.isMultiple(of: options.loggingSteps) || state.step == plan.steps
      var entry = LogEntry(
        step: state.step,
        epoch: plan.epochs(after: state.step),
        seconds: state.seconds,
        optimization: isLogged ? meter.take() : nil
      )
      if validates, let validation {
        let values = try meter.leaveOut { try validation.measure(retriever, ranks) }
        note(values)
        entry.validation = values
      }
      if isLogged || validates { try observer?.record(entry) }
      let improved = validates && state.best?.step == state.step
      try meter.leaveOut { try saveIfDue(after: step, improved: improved) }
    }
    return try finish()
  }

  /// One step: the gradients of its batches, and the change of the weights.
  private func advance(_ feed: inout BatchFeed, _ meter: inout Meter) throws {
    let batches = try feed.batches(of: state.step)
    let factor = (options.scalesLoss ? state.scaler.scale : 1) / Double(batches.count)
    var loss = 0.0
    for (place, batch) in batches.enumerated() {
      let seed = SplitMix64.value(
        seed: options.seed,
        at: UInt64((state.step * plan.accumulation + place) * ranks.count + ranks.rank)
      )
      loss += try gradients.add(batch, factor: factor, seed: seed) / Double(batches.count)
      meter.count(batch, ranks: ranks.count)
      shortage += batch.shortage
    }
    loss = try ranks.sum(loss) / Double(ranks.count)
    let found = try optimizer.takeGradients(
      scale: options.scalesLoss ? 1 / state.scaler.scale : 1,
      ranks: ranks
    )
    let rate = schedule.rate(at: state.step)
    if found.norm.isFinite {
      try optimizer.step(found, learningRate: rate)
      state.optimizerSteps = optimizer.steps
    } else if !options.scalesLoss || !loss.isFinite {
      throw notFinite(loss.isFinite ? "the gradient" : "the loss", batches)
    }
    if options.scalesLoss {
      state.scaler.note(isFinite: found.norm.isFinite)
      if state.scaler.isExhausted { throw notFinite("every scaled gradient", batches) }
    }
    meter.note(loss: loss, rate: rate, norm: found.norm)
  }

  private func notFinite(_ what: String, _ batches: [TrainingBatch]) -> TrainingError {
    .notFinite(what: what, step: state.step + 1, queries: batches.flatMap(\.queryKeys))
  }

  private func validates(after step: Int) -> Bool {
    guard validation != nil else { return false }
    if step + 1 == plan.steps { return true }
    return options.evalSteps.map { (step + 1).isMultiple(of: $0) } ?? plan.endsEpoch(step)
  }

  /// Notes a validation: whether it is the best, and whether it is time to stop.
  private func note(_ values: [LogEntry.Measure]) {
    guard let name = options.bestBy, let found = values.first(where: { $0.name == name }) else {
      return
    }
    let better = name == Validation.lossName ? -found.value : found.value
    let best = state.best.map { name == Validation.lossName ? -$0.value : $0.value }
    if best.map({ better > $0 }) ?? true {
      state.best = TrainerState.Best(step: state.step, value: found.value)
      state.validationsSinceBest = 0
    } else {
      state.validationsSinceBest += 1
      if let patience = options.patience, state.validationsSinceBest >= patience {
        state.stoppedEarly = true
      }
    }
  }

  private func saveIfDue(after step: Int, improved: Bool) throws {
    let isDue = options.saveSteps.map { (step + 1).isMultiple(of: $0) } ?? plan.endsEpoch(step)
    guard isDue || improved || state.stoppedEarly || step + 1 == plan.steps else { return }
    if ranks.leads {
      try checkpoints.save(retriever, optimizer, state, identity: identity)
      if let kept = options.keepCheckpoints {
        try checkpoints.prune(keeping: kept, beside: state.best?.step)
      }
    }
    try ranks.wait()
  }

  /// Writes the chosen weights to the folder itself.
  private func finish() throws -> Outcome {
    let kept = state.best?.step ?? state.step
    if ranks.leads { try checkpoints.publish(kept) }
    try ranks.wait()
    return Outcome(
      steps: state.step,
      keptStep: kept,
      bestValue: state.best?.value,
      stoppedEarly: state.stoppedEarly,
      seconds: state.seconds,
      shortage: shortage
    )
  }
}
