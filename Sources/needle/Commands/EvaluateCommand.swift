internal import ArgumentParser
internal import Reporting
internal import Retrieval

/// `needle evaluate`: judgments and a run in, figures of quality out.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Says how good a run is, as trec_eval does.",
    discussion: """
      QRELS is a file of lines 'qid 0 docid grade', 'qid docid grade' (BEIR) or
      'qid docid', or a folder of BEIR: DIR stands for DIR/qrels/test.tsv, DIR:dev
      for DIR/qrels/dev.tsv. RUN is a file of lines 'qid Q0 docid rank score tag',
      or of another --format. Both may be packed with gzip.

      Documents are ranked by score, compared in single precision, and where
      scores are equal by id, the larger first in the order of bytes; ranks are
      not looked at. --ties run ranks by the column of ranks instead, as MS MARCO
      does. Judged queries for which the run has nothing count 0, unless
      --missing skip leaves them out as trec_eval does without -c.

      Measures, by the names of trec_eval and ir_measures:
      \(MeasureOption.help)
      'official' is what trec_eval shows, 'set' what needs no ranks, 'all' all.
      (rel=2) behind a name sets the least relevant grade of this measure. nDCG's
      gain is the grade itself, whatever --level says.

      Examples:
        needle evaluate qrels.dev.tsv run.trec
        needle evaluate -m mrr.10 -m recall.100,1000 qrels.dev.tsv run.trec
        needle evaluate -m RR@10 --ties run qrels.dev.tsv run.msmarco
        needle evaluate -m nDCG@10 -q --json scifact run.trec
      """
  )

  @OptionGroup var measureOption: MeasureOption
  @OptionGroup var judging: JudgingOptions
  @OptionGroup var threadOption: ThreadOption

  @Flag(name: [.customShort("q"), .customLong("per-query")], help: "Show every query as well.")
  var perQuery = false

  @Flag(help: "Write the figures as JSON.")
  var json = false

  @Argument(help: ArgumentHelp("The judgments.", valueName: "qrels"))
  var qrels: String

  @Argument(help: ArgumentHelp("The run.", valueName: "run"))
  var runFile: String

  func run() throws {
    let measures = try measureOption.measures()
    let judged = try Qrels(contentsOf: Qrels.path(qrels))
    let evaluation = try Evaluation(
      of: Run(contentsOf: runFile, format: judging.format),
      by: judged,
      measures: measures,
      options: judging.options(threads: threadOption.count)
    )
    StandardError.write(
      EvaluationNotes(evaluation, run: runFile, qrels: qrels, missing: judging.missing).text
    )
    try StandardOutput.write(json ? report(evaluation).written + "\n" : lines(evaluation))
  }

  /// trec_eval's layout: name, query or `all`, value.
  private func lines(_ evaluation: Evaluation) -> String {
    var text = ""
    func add(_ measure: Measure, _ scope: String, _ value: Double) {
      text +=
        measure.name.padded(to: 25) + scope.padded(to: 8)
        + (measure.isCount ? "\(Int(value))" : NumberText.fixed(value, 4)) + "\n"
    }
    if perQuery {
      for (query, id) in evaluation.queryIDs.enumerated() {
        for (number, measure) in evaluation.measures.enumerated() where measure.hasQueryValues {
          add(measure, id, evaluation.values[number][query])
        }
      }
    }
    for (number, measure) in evaluation.measures.enumerated() {
      add(measure, "all", evaluation.overall(number))
    }
    return text
  }

  private func report(_ evaluation: Evaluation) -> JSONText {
    func value(_ number: Int, _ value: Double) -> JSONText {
      evaluation.measures[number].isCount ? .integer(Int(value)) : .real(value)
    }
    var members: [(name: String, value: JSONText)] = [
      ("qrels", .text(qrels)),
      ("run", .text(runFile)),
      ("ties", .text(judging.ties.rawValue)),
      ("missing", .text(judging.missing.rawValue)),
      ("level", .integer(Int(judging.level))),
      ("judged_queries", .integer(evaluation.judgedCount)),
      ("missing_queries", .integer(evaluation.missingCount)),
      ("extra_queries", .integer(evaluation.extraCount)),
      ("depth", .integer(evaluation.depth)),
      (
        "all",
        .object(
          evaluation.measures.enumerated().map { number, measure in
            (measure.name, value(number, evaluation.overall(number)))
          }
        )
      ),
    ]
    if perQuery {
      let shown = evaluation.measures.indices.filter { evaluation.measures[$0].hasQueryValues }
      let queries = evaluation.queryIDs.enumerated().map { query, id in
        JSONText.object(
          [("query", .text(id))]
            + shown.map { number in
              (evaluation.measures[number].name, value(number, evaluation.values[number][query]))
            }
        )
      }
      members.append(("queries", .list(queries)))
    }
    return .object(members)
  }
}

extension String {
  /// The text with blanks behind it up to a width, at least one.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 1))
  }
}
