internal import Reporting
internal import Training
internal import TrainingData

/// What a training came to, for the end of the command.
struct TrainingReport {
  let path: String
  let outcome: Trainer.Outcome
  let parameterCount: Int
  let recordCount: Int
  let bestBy: String?

  /// Says where records had fewer negatives than batches need.
  static func warn(of outcome: Trainer.Outcome) {
    let (repeated, borrowed) = (outcome.shortage.repeated, outcome.shortage.borrowed)
    guard repeated + borrowed > 0 else { return }
    StandardError.write(
      "needle: warning: records had too few negatives: \(NumberText.grouped(repeated)) were drawn "
        + "again, \(NumberText.grouped(borrowed)) are other queries' positives\n"
    )
  }

  /// Lines for people.
  var text: String {
    var rows = [
      ("model", path), ("records", NumberText.grouped(recordCount)),
      ("parameters", NumberText.grouped(parameterCount)),
      (
        "steps", NumberText.grouped(outcome.steps) + (outcome.stoppedEarly ? ", stopped early" : "")
      ),
      ("kept", "step \(NumberText.grouped(outcome.keptStep))"),
    ]
    if let bestBy, let value = outcome.bestValue { rows.append((bestBy, NumberText.short(value))) }
    rows.append(("time", NumberText.seconds(outcome.seconds)))
    return aligned(rows)
  }

  /// The same for programs.
  var json: JSONText {
    .object([
      ("model", .text(path)), ("records", .integer(recordCount)),
      ("parameters", .integer(parameterCount)), ("steps", .integer(outcome.steps)),
      ("kept_step", .integer(outcome.keptStep)), ("stopped_early", .flag(outcome.stoppedEarly)),
      ("best_by", bestBy.map { .text($0) } ?? .null),
      ("best_value", outcome.bestValue.map { .real($0) } ?? .null),
      ("seconds", .real(outcome.seconds)),
    ])
  }
}
