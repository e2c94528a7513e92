internal import ArgumentParser
internal import Reporting
internal import Retrieval
internal import VectorCore

/// `needle compare`: what one run loses against another, and whether that is chance.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares two runs: differences with their significance, and overlap.",
    discussion: """
      FIRST is the run that SECOND is weighed against: that of an exact search,
      say, against that of an approximate one. For each measure are shown both
      means, the difference, its 95 % confidence interval (percentile bootstrap),
      p of the two-sided paired randomization test, and how many queries win, tie
      and lose. Overlap@k is the share of the first k documents that both have;
      rank-biased overlap is Webber's, extrapolated, p = 0.9.

      QRELS, the order of documents and what missing queries count are as for
      'needle evaluate'; with --missing skip only queries of both runs count.
      The draws depend on --seed alone.

      Examples:
        needle compare --qrels qrels.dev.tsv exact.trec approximate.trec
        needle compare --qrels scifact -m nDCG@10 -m R@100 a.trec b.trec \\
          --html compare.html
      """
  )

  @Option(help: ArgumentHelp("The judgments.", valueName: "file"))
  var qrels: String

  @Option(
    name: [.customShort("m"), .customLong("measure")],
    help: ArgumentHelp(
      "A measure; may be given several times, the first is that of single queries (default: "
        + "mrr_10, ndcg_cut_10, map, recall_100).",
      valueName: "name"
    )
  )
  var names: [String] = ["mrr.10", "ndcg_cut.10", "map", "recall.100"]

  @OptionGroup var judging: JudgingOptions
  @OptionGroup var threadOption: ThreadOption

  @Option(help: "The seed of the randomization test and the bootstrap.")
  var seed: UInt64 = 42

  @Option(help: ArgumentHelp("List as many of the queries that lose most.", valueName: "n"))
  var losses = 10

  @Option(help: ArgumentHelp("Write a page with plots.", valueName: "file"))
  var html: String?

  @Flag(help: "Write the comparison as JSON.")
  var json = false

  @Argument(help: ArgumentHelp("The run to weigh against.", valueName: "first"))
  var first: String

  @Argument(help: ArgumentHelp("The run that is weighed.", valueName: "second"))
  var second: String

  func validate() throws {
    guard losses < 0 else { return }
    throw ValidationError("--losses \(losses) is not allowed; it is at least 0")
  }

  func run() throws {
    var measures: [Measure] = []
    for measure in try names.flatMap({ try Measure.parsing($0) }) where !measures.contains(measure)
    {
      measures.append(measure)
    }
    let judgments = Qrels.path(qrels)
    if let html {
      try checkOutputs(
        [NamedPath("--html", html)],
        inputs: [
          NamedPath("--qrels", judgments), NamedPath("the first run", first),
          NamedPath("the second run", second),
        ]
      )
    }
    var options = RunComparison.Options()
    options.evaluation = judging.options(threads: threadOption.count)
    options.seed = seed
    let comparison = try RunComparison(
      Run(contentsOf: first, format: judging.format),
      Run(contentsOf: second, format: judging.format),
      by: Qrels(contentsOf: judgments),
      measures: measures,
      options: options
    )
    if let html {
      let names = [first, second].map { $0.split(separator: "/").last.map { String($0) } ?? $0 }
      let areTold = names[0] != names[1]
      let page = ComparisonPage(
        comparison,
        first: areTold ? names[0] : first,
        second: areTold ? names[1] : second,
        qrels: qrels,
        losses: losses,
        seed: seed
      )
      var file = try AtomicFile(path: html)
      try file.write(Array(page.text.utf8))
      try file.commit()
      StandardError.write("page: \(html)\n")
    }
    StandardError.write(notes(comparison))
    try StandardOutput.write(
      json ? comparison.json(losses: losses).written + "\n" : comparison.text(losses: losses)
    )
  }

  /// Queries that a run lacks, and cut-offs beyond its documents.
  private func notes(_ comparison: RunComparison) -> String {
    let sides = [(first, comparison.evaluations.first), (second, comparison.evaluations.second)]
    return sides.map { path, evaluation in
      EvaluationNotes(evaluation, run: path, qrels: qrels, missing: judging.missing).text
    }.joined()
  }
}
