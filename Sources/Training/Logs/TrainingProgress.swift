public import IndexStore
internal import Reporting

/// How far a training has come, for a terminal.
public struct TrainingProgress: Sendable {
  /// Steps done, of the whole training.
  public let step: Int
  /// Steps of the whole training.
  public let steps: Int
  /// The step at which this run began: above 0 where a training was resumed.
  public let firstStep: Int
  /// Seconds since this run began, validations included.
  public let seconds: Double
  /// The mean loss of the last steps.
  public let loss: Double
  /// Tokens in a second, of the last steps.
  public let tokensPerSecond: Double

  /// Describes a moment of a training.
  public init(
    step: Int,
    steps: Int,
    firstStep: Int = 0,
    seconds: Double,
    loss: Double,
    tokensPerSecond: Double
  ) {
    self.step = step
    self.steps = steps
    self.firstStep = firstStep
    self.seconds = seconds
    self.loss = loss
    self.tokensPerSecond = tokensPerSecond
  }

  /// Seconds that the rest takes at the pace of this run so far; `nil` before its first step.
  public var secondsLeft: Double? {
    guard step > firstStep else { return nil }
    return seconds / Double(step - firstStep) * Double(max(steps - step, 0))
  }

  /// What a display of progress shows: "training", and behind the bar "step 120/5,000, loss 0.213,
  /// 3 min 20 s left, 12,345 tokens/s".
  public var shown: BuildProgress {
    var facts = [
      "step \(NumberText.grouped(step))/\(NumberText.grouped(steps))",
      "loss \(NumberText.short(loss))",
    ]
    if let secondsLeft { facts.append("\(NumberText.seconds(secondsLeft)) left") }
    // Last, since a narrow terminal cuts what stands there.
    facts.append("\(NumberText.rate(tokensPerSecond)) tokens/s")
    return BuildProgress(
      phase: "training",
      done: step,
      total: steps,
      detail: facts.joined(separator: ", ")
    )
  }
}
