internal import TrainingData
internal import VectorCore

/// Sums up what a log says of several steps.
struct Meter {
  private let clock = ContinuousClock()
  private let secondsBefore: Double
  private let began: ContinuousClock.Instant
  private var tokens = 0
  private var sinceTaken = Interval()
  private var lastTaken: ContinuousClock.Instant
  /// Time of this run that did not go into steps.
  private var leftOut = Duration.zero
  private var last = (loss: 0.0, rate: 0.0, norm: 0.0)

  /// What happened since the last line of the log.
  private struct Interval {
    var steps = 0
    var loss = 0.0
    var tokens = 0
    var queries = 0
  }

  /// Starts the clock.
  ///
  /// - Parameter secondsBefore: seconds of the runs before this one.
  init(secondsBefore: Double) {
    self.secondsBefore = secondsBefore
    began = clock.now
    lastTaken = began
  }

  /// Seconds of all runs.
  var seconds: Double { secondsBefore + (clock.now - began).inSeconds }

  /// Counts the texts of a batch, of which every rank has about as many.
  mutating func count(_ batch: TrainingBatch, ranks: Int) {
    let own = (batch.queries + batch.passages).reduce(0) { $0 + $1.count }
    tokens += own * ranks
    sinceTaken.tokens += own * ranks
    sinceTaken.queries += batch.queries.count * ranks
  }

  /// Leaves the time of a validation or a checkpoint out of what is said about speed.
  mutating func leaveOut<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = clock.now
    defer {
      leftOut += clock.now - start
      lastTaken += clock.now - start
    }
    return try body()
  }

  /// Notes how a step went.
  mutating func note(loss: Double, rate: Double, norm: Double) {
    last = (loss, rate, norm)
    sinceTaken.steps += 1
    sinceTaken.loss += loss
  }

  /// How far the training is.
  func progress(step: Int, of steps: Int, from firstStep: Int) -> TrainingProgress {
    let seconds = (clock.now - began).inSeconds
    return TrainingProgress(
      step: step,
      steps: steps,
      firstStep: firstStep,
      seconds: seconds,
      loss: last.loss,
      tokensPerSecond: Double(tokens) / max(seconds - leftOut.inSeconds, 1e-9)
    )
  }

  /// What is logged of the steps since the last line.
  mutating func take() -> LogEntry.Optimization {
    let now = clock.now
    let time = max((now - lastTaken).inSeconds, 1e-9)
    defer {
      lastTaken = now
      sinceTaken = Interval()
    }
    return LogEntry.Optimization(
      loss: sinceTaken.loss / Double(max(sinceTaken.steps, 1)),
      learningRate: last.rate,
      gradientNorm: last.norm,
      tokensPerSecond: Double(sinceTaken.tokens) / time,
      queriesPerSecond: Double(sinceTaken.queries) / time
    )
  }
}
