/// How a model is trained; the names are those of Hugging Face's trainer and of OpenMatch.
public struct TrainingOptions: Sendable, Equatable {
  /// Queries in a batch of one rank.
  public var batchSize = 8
  /// Batches whose gradients are added up before the weights change.
  public var accumulation = 1
  /// How often each record is seen.
  public var epochs = 3
  /// Steps in all, instead of whole epochs; `nil` for none.
  public var maxSteps: Int?
  /// The highest learning rate.
  public var learningRate = 5e-5
  /// The share of steps in which the learning rate rises.
  public var warmupRatio = 0.1
  /// How strongly weights, but not biases and norms, are drawn to 0.
  public var weightDecay = 0.0
  /// How much of the gradients' first moment is kept.
  public var beta1 = 0.9
  /// How much of the gradients' second moment is kept.
  public var beta2 = 0.999
  /// What is added to the root of the second moment.
  public var epsilon = 1e-8
  /// Longer gradients are shortened to this length; 0 leaves them.
  public var maxGradientNorm = 1.0
  /// What is made small.
  public var objective = Objective()
  /// Chunks for batches whose record does not fit into memory; `nil` for whole batches.
  public var cache: GradientCache?
  /// Whether values are dropped as the model's configuration says.
  public var drops = true
  /// Whether records that do not fill the last batch of an epoch are left out.
  public var dropsLast = false
  /// Fixes the order of records, the choice of passages, what is dropped, and new layers.
  public var seed: UInt64 = 42
  /// Whether losses are multiplied against vanishing gradients, as half precision needs it.
  public var scalesLoss = false
  /// Threads that build batches ahead of time; batches do not depend on it.
  public var workers = 1
  /// Steps between two lines of the log.
  public var loggingSteps = 50
  /// Steps between two checkpoints; `nil` for none but the last.
  public var saveSteps: Int?
  /// Steps between two validations; `nil` for one at the end of each epoch.
  public var evalSteps: Int?
  /// How many checkpoints are kept beside the best; `nil` for all.
  public var keepCheckpoints: Int?
  /// The measure by which the best weights are chosen; `nil` for the last.
  public var bestBy: String?
  /// Validations without a better value after which training stops; `nil` for never.
  public var patience: Int?

  /// The defaults.
  public init() {}

  /// What weights depend on, by names for messages: a training that goes on must have the same.
  var identity: [(name: String, value: String)] {
    [
      ("batch size", "\(batchSize)"), ("accumulation", "\(accumulation)"),
      ("epochs", "\(epochs)"), ("steps", maxSteps.map { "\($0)" } ?? "by epochs"),
      ("learning rate", "\(learningRate)"), ("warm-up ratio", "\(warmupRatio)"),
      ("weight decay", "\(weightDecay)"), ("beta1", "\(beta1)"), ("beta2", "\(beta2)"),
      ("epsilon", "\(epsilon)"), ("largest gradient norm", "\(maxGradientNorm)"),
      ("objective", objective.kind.rawValue), ("temperature", "\(objective.temperature)"),
      ("teacher temperature", "\(objective.teacherTemperature)"),
      ("contrastive weight", "\(objective.contrastiveWeight)"),
      ("masking", "\(objective.masks)"), ("shared negatives", "\(objective.sharesNegatives)"),
      ("gradient cache", cache.map { "\($0.queryChunk)+\($0.passageChunk)" } ?? "off"),
      ("dropout", "\(drops)"), ("dropping the last batch", "\(dropsLast)"), ("seed", "\(seed)"),
    ]
  }
}
