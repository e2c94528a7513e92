public import ArgumentParser
public import Retrieval

extension TieOrder: ExpressibleByArgument {
  /// `trec`, `run`, and `msmarco` for the latter.
  public init?(argument: String) {
    self.init(rawValue: argument == "msmarco" ? "run" : argument)
  }
}

extension MissingQueries: ExpressibleByArgument {}
extension RunFormat: ExpressibleByArgument {}

/// Which figures are asked for.
struct MeasureOption: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("measure")],
    help: ArgumentHelp(
      "A measure; may be given several times (default: counts, mrr_10, ndcg_cut_10, map, P_10, "
        + "recall_100).",
      valueName: "name"
    )
  )
  var names: [String] = []

  /// The measures asked for, each once, or those of ``Measure/standard``.
  ///
  /// - Throws: ``MeasureError`` for a name that nobody knows.
  func measures() throws -> [Measure] {
    guard !names.isEmpty else { return Measure.standard }
    var measures: [Measure] = []
    for measure in try names.flatMap({ try Measure.parsing($0) }) where !measures.contains(measure)
    {
      measures.append(measure)
    }
    return measures
  }

  /// All names with their meanings, one a line.
  static var help: String {
    Measure.descriptions.map { "  \($0.name): \($0.meaning)" }.joined(separator: "\n")
  }
}

/// How runs are read, ranked and judged.
struct JudgingOptions: ParsableArguments {
  @Option(
    name: [.customShort("l"), .customLong("level")],
    help: ArgumentHelp("The least grade that counts as relevant.", valueName: "grade")
  )
  var level: Int32 = 1

  @Option(
    help: "What judged queries without results count: zero, or skip to leave them out."
  )
  var missing = MissingQueries.zero

  @Option(
    help: "Rank by score and id (trec), or by the column of ranks (run, or msmarco)."
  )
  var ties = TieOrder.trec

  @Option(
    help: ArgumentHelp(
      "trec, msmarco (qid docid rank), tsv (qid docid score) or jsonl (default: by the ending "
        + ".trec, .msmarco, .jsonl of a run's name, else trec).",
      valueName: "format"
    )
  )
  var format: RunFormat?

  func validate() throws {
    guard level < 1 else { return }
    throw ValidationError("--level \(level) is not allowed; it is at least 1")
  }

  func options(threads: Int) -> EvaluationOptions {
    var options = EvaluationOptions()
    options.ties = ties
    options.missing = missing
    options.level = level
    options.threads = threads
    return options
  }
}
