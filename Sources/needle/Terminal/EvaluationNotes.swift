internal import Reporting
internal import Retrieval

/// What figures of quality do not say: queries that one side lacks, and cut-offs beyond the run.
struct EvaluationNotes {
  private let evaluation: Evaluation
  private let run: String
  private let qrels: String
  private let missing: MissingQueries

  init(_ evaluation: Evaluation, run: String, qrels: String, missing: MissingQueries) {
    self.evaluation = evaluation
    self.run = run
    self.qrels = qrels
    self.missing = missing
  }

  /// A line each; empty where there is nothing to say.
  var text: String {
    var notes = ""
    if evaluation.missingCount > 0 {
      let outcome = missing == .zero ? "they count 0" : "they are left out"
      notes +=
        "\(run) has nothing for \(NumberText.grouped(evaluation.missingCount)) of the "
        + "\(NumberText.grouped(evaluation.judgedCount)) judged queries; \(outcome)\n"
    }
    if evaluation.extraCount > 0 {
      notes +=
        "\(run) has \(NumberText.grouped(evaluation.extraCount)) queries without judgments "
        + "in \(qrels); they do not count\n"
    }
    let short = evaluation.cutShort.map(\.name)
    if !short.isEmpty {
      notes +=
        "warning: \(run) has at most \(evaluation.depth) documents a query, fewer than "
        + "\(short.joined(separator: ", ")) \(short.count == 1 ? "looks" : "look") at\n"
    }
    return notes
  }
}
