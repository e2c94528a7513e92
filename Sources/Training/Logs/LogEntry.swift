/// What is logged of one step of a training: a line of `log.jsonl`.
public struct LogEntry: Sendable, Equatable {
  /// The optimizer's steps so far.
  public var step: Int
  /// The passes over the training set so far, such as 1.25.
  public var epoch: Double
  /// Seconds of training so far, over all its runs.
  public var seconds: Double
  /// How the optimization goes; `nil` where only a validation is logged.
  public var optimization: Optimization?
  /// Measures of a validation after this step, in the order in which they are shown.
  ///
  /// Named "loss", "mrr@10" and so on; empty where no validation was made.
  public var validation: [Measure]

  /// The state of the optimization.
  public struct Optimization: Sendable, Equatable {
    /// The mean loss of the steps since the last entry.
    public var loss: Double
    /// Of this step.
    public var learningRate: Double
    /// The Euclidean norm of all gradients of this step, before clipping.
    public var gradientNorm: Double
    /// Tokens of queries and passages in a second, without padding, since the last entry.
    public var tokensPerSecond: Double
    /// Queries in a second, since the last entry.
    public var queriesPerSecond: Double

    /// The state of an optimization.
    public init(
      loss: Double,
      learningRate: Double,
      gradientNorm: Double,
      tokensPerSecond: Double,
      queriesPerSecond: Double
    ) {
      self.loss = loss
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.tokensPerSecond = tokensPerSecond
      self.queriesPerSecond = queriesPerSecond
    }
  }

  /// A measure with its value.
  public struct Measure: Sendable, Equatable {
    /// The name, such as "mrr@10".
    public var name: String
    /// The value.
    public var value: Double

    /// A measure's value.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What is logged of a step.
  public init(
    step: Int,
    epoch: Double,
    seconds: Double,
    optimization: Optimization? = nil,
    validation: [Measure] = []
  ) {
    self.step = step
    self.epoch = epoch
    self.seconds = seconds
    self.optimization = optimization
    self.validation = validation
  }

  /// The numbers under the names that TensorBoard groups them by.
  public var scalars: [(tag: String, value: Double)] {
    let training = optimization.map { state in
      [
        ("train/loss", state.loss), ("train/learning_rate", state.learningRate),
        ("train/grad_norm", state.gradientNorm), ("train/epoch", epoch),
        ("speed/tokens_per_second", state.tokensPerSecond),
        ("speed/queries_per_second", state.queriesPerSecond),
      ]
    }
    return (training ?? []) + validation.map { ("validation/\($0.name)", $0.value) }
  }
}
