public import ArgumentParser
internal import Encoding
public import Training
public import TrainingData

extension Objective.Kind: ExpressibleByArgument {}
extension PassageSampling.Policy: ExpressibleByArgument {}

/// What a training reads, and how records become batches.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    name: .customLong("train"),
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Records to train on: .jsonl with ids, or with OpenMatch's tokens.",
      valueName: "files"
    )
  )
  var train: [String] = []

  @Option(help: ArgumentHelp("All .jsonl of a folder, instead.", valueName: "folder"))
  var trainDir: String?

  @Option(
    help: ArgumentHelp(
      "The folder of queries.tokens and passages.tokens (default: that of the records).",
      valueName: "folder"
    )
  )
  var data: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Records to validate on, which are not trained on.", valueName: "files")
  )
  var eval: [String] = []

  @Option(help: ArgumentHelp("Passages of a query: its positive and negatives.", valueName: "n"))
  var trainNPassages = 8

  @Option(help: "How negatives are chosen: per-query, openmatch-stream or openmatch-map.")
  var sampling: PassageSampling.Policy = .perQuery

  @Flag(help: "Take each query's first positive in every epoch.")
  var positiveNoShuffle = false

  @Flag(help: "Take it every other epoch, and in between the others by turns.")
  var positiveEveryOther = false

  @Flag(help: "Take the first negatives in every epoch.")
  var negativeNoShuffle = false

  @Option(
    help: ArgumentHelp("Threads that build batches ahead of time; 0 for none.", valueName: "n")
  )
  var workers = 1

  @Flag(help: "Leave out records that do not fill an epoch's last batch.")
  var dropLast = false

  func validate() throws {
    guard train.isEmpty != (trainDir == nil) else {
      throw ValidationError("give --train or --train-dir, and only one of them")
    }
    guard !(positiveNoShuffle && positiveEveryOther) else {
      throw ValidationError("give --positive-no-shuffle or --positive-every-other, not both")
    }
    guard trainNPassages >= 1 else {
      throw ValidationError("--train-n-passages \(trainNPassages) is not allowed; it is at least 1")
    }
    guard (0...256).contains(workers) else {
      throw ValidationError("--workers \(workers) is not allowed; it is 0 to 256")
    }
  }

  /// How passages are chosen.
  func sampling(seed: UInt64) -> PassageSampling {
    PassageSampling(
      policy: sampling,
      passages: trainNPassages,
      seed: seed,
      positives: positiveNoShuffle ? .first : positiveEveryOther ? .everyOther : .turns,
      shufflesNegatives: !negativeNoShuffle
    )
  }

  /// How they are chosen for validation: the same ones each time.
  func fixedSampling(seed: UInt64) -> PassageSampling {
    PassageSampling(
      passages: trainNPassages,
      seed: seed,
      positives: .first,
      shufflesNegatives: false
    )
  }
}

/// What of a model training may choose.
struct TrainedModelOptions: ParsableArguments {
  @Flag(help: "Give queries an encoder of their own, which begins as the passages'.")
  var untieEncoder = false

  @Flag(help: "Add a linear layer behind the pooling.")
  var addLinearHead = false

  @Option(
    help: ArgumentHelp("What the layer takes (default: the transformer's size).", valueName: "n")
  )
  var projectionInDim: Int?

  @Option(help: ArgumentHelp("The length of the layer's vectors (default: 768).", valueName: "n"))
  var projectionOutDim: Int?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a query, special ones included (default: the model's, else 32).",
      valueName: "n"
    )
  )
  var queryMaxLen: Int?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a passage, special ones included (default: the model's, else 128).",
      valueName: "n"
    )
  )
  var passageMaxLen: Int?

  /// Reads a model's folder with what is asked for.
  ///
  /// Lengths are OpenMatch's own where the folder is not one that stores them.
  func open(_ path: String, _ options: ModelOptions, seed: UInt64) throws -> ModelDirectory {
    var options = options
    let stored = try ModelDirectory.open(path, options: options)
    let storesLengths = stored.layout == .openMatch
    options.queryMaxLength = queryMaxLen ?? (storesLengths ? nil : min(32, stored.query.maxLength))
    options.passageMaxLength =
      passageMaxLen ?? (storesLengths ? nil : min(128, stored.passage.maxLength))
    if addLinearHead {
      options.addedHead = ModelOptions.AddedHead(
        inputs: projectionInDim ?? stored.passage.dimension,
        outputs: projectionOutDim ?? 768,
        seed: seed
      )
    }
    return try ModelDirectory.open(path, options: options)
  }

  func validate() throws {
    guard addLinearHead || (projectionInDim == nil && projectionOutDim == nil) else {
      throw ValidationError(
        "--projection-in-dim and --projection-out-dim go with --add-linear-head"
      )
    }
    for (name, value) in [
      ("--projection-in-dim", projectionInDim), ("--projection-out-dim", projectionOutDim),
      ("--query-max-len", queryMaxLen), ("--passage-max-len", passageMaxLen),
    ] {
      guard let value, !(1...1 << 16).contains(value) else { continue }
      throw ValidationError("\(name) \(value) is not allowed; it is 1 to 65536")
    }
  }
}

/// What is made small, and by which steps.
struct OptimizationOptions: ParsableArguments {
  @Option(help: "What is learned: contrastive, or a teacher's scores by margin-mse or kl.")
  var objective: Objective.Kind = .contrastive

  @Option(
    help: ArgumentHelp("Divides scores; 0.01 to 0.05 for vectors of length 1.", valueName: "t")
  )
  var temperature = 1.0

  @Option(help: ArgumentHelp("Divides a teacher's scores for kl.", valueName: "t"))
  var teacherTemperature = 1.0

  @Option(help: ArgumentHelp("Weight of the contrastive loss beside a teacher's.", valueName: "w"))
  var contrastiveWeight = 0.0

  @Flag(
    inversion: .prefixedNo,
    help: "Texts that came twice or are known positives are no negatives (default: yes)."
  )
  var maskDuplicates = true

  @Option(help: ArgumentHelp("Queries in a batch, on each device.", valueName: "n"))
  var batchSize = 8

  @Option(help: ArgumentHelp("Batches whose gradients make a step.", valueName: "n"))
  var accumulate = 1

  @Option(help: ArgumentHelp("How often each record is seen.", valueName: "n"))
  var epochs = 3

  @Option(help: ArgumentHelp("Steps in all, instead of epochs.", valueName: "n"))
  var maxSteps: Int?

  @Option(help: ArgumentHelp("The highest learning rate.", valueName: "rate"))
  var learningRate = 5e-5

  @Option(help: ArgumentHelp("The share of steps with a rising rate.", valueName: "share"))
  var warmupRatio = 0.1

  @Option(help: ArgumentHelp("How strongly weights are drawn to 0.", valueName: "rate"))
  var weightDecay = 0.0

  @Option(
    help: ArgumentHelp("Longer gradients are shortened to this; 0 for never.", valueName: "norm")
  )
  var maxGradNorm = 1.0

  @Flag(
    inversion: .prefixedNo,
    help: "Drop values as the model's configuration says (default: yes)."
  )
  var dropout = true

  @Flag(help: "Encode twice, in chunks, where a batch does not fit into memory.")
  var gradCache = false

  @Option(help: ArgumentHelp("Queries of a chunk.", valueName: "n"))
  var gcQChunk = 4

  @Option(help: ArgumentHelp("Passages of a chunk.", valueName: "n"))
  var gcPChunk = 32

  @Flag(help: "The vectors of all devices are candidates for each device's queries.")
  var negativesXDevice = false

  @Option(help: ArgumentHelp("Fixes everything that depends on chance.", valueName: "number"))
  var seed: UInt64 = 42

  func validate() throws {
    for (name, value) in [
      ("--batch-size", batchSize), ("--accumulate", accumulate), ("--epochs", epochs),
      ("--max-steps", maxSteps ?? 1), ("--gc-q-chunk", gcQChunk), ("--gc-p-chunk", gcPChunk),
    ] where value < 1 {
      throw ValidationError("\(name) \(value) is not allowed; it is at least 1")
    }
    for (name, value) in [
      ("--temperature", temperature), ("--teacher-temperature", teacherTemperature),
      ("--learning-rate", learningRate),
    ] where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) \(value) is not allowed; it is above 0")
    }
    for (name, value) in [
      ("--contrastive-weight", contrastiveWeight), ("--weight-decay", weightDecay),
      ("--max-grad-norm", maxGradNorm),
    ] where !(value >= 0 && value.isFinite) {
      throw ValidationError("\(name) \(value) is not allowed; it is at least 0")
    }
    guard objective == .contrastive || !negativesXDevice else {
      throw ValidationError(
        "--negatives-x-device is for the contrastive objective; a teacher scores a query's own passages"
      )
    }
    guard (0...1).contains(warmupRatio) else {
      throw ValidationError("--warmup-ratio \(warmupRatio) is not allowed; it is 0 to 1")
    }
  }

  /// Fills in the library's options.
  func fill(_ options: inout TrainingOptions) {
    options.batchSize = batchSize
    options.accumulation = accumulate
    options.epochs = epochs
    options.maxSteps = maxSteps
    options.learningRate = learningRate
    options.warmupRatio = warmupRatio
    options.weightDecay = weightDecay
    options.maxGradientNorm = maxGradNorm
    options.drops = dropout
    options.seed = seed
    options.cache = gradCache ? GradientCache(queryChunk: gcQChunk, passageChunk: gcPChunk) : nil
    options.objective.kind = objective
    options.objective.temperature = temperature
    options.objective.teacherTemperature = teacherTemperature
    options.objective.contrastiveWeight = contrastiveWeight
    options.objective.masks = maskDuplicates
    options.objective.sharesNegatives = negativesXDevice
  }
}
