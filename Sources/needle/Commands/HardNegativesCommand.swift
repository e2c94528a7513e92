internal import ArgumentParser
internal import Needletail
internal import Reporting
internal import Retrieval
internal import TrainingData

/// `needle hard-negatives`: records whose negatives a model found itself.
struct HardNegativesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hard-negatives",
    abstract: "Makes training records whose negatives are what a search found wrongly.",
    discussion: """
      Of the passages that a run has for a query, those that are relevant are left
      out, the best --depth of the others are looked at, and --n-sample of them
      drawn. Records go to split00.hn.jsonl, split01.hn.jsonl and so on, with
      manifest.hn.json. The tokens are those of 'needle prepare train': give its
      folder as --store, and neither texts nor tokenizer are needed.

      Few relevant passages are known, so that the best of a run are often unknown
      ones. What leaves them out:
        --rank-from 11           the ten best, relevant ones counted as well
        --margin 0.1             scores above the positive's less 0.1
        --relative-margin 0.05   scores above 95 % of the positive's
                                 (arXiv:2407.15831)
        --max-score 0.8          scores above 0.8
      The positive's score is the best that a relevant passage has in the run. Where
      none is in the run, margins do not hold for the query, or --unranked skip
      leaves it out.

      --mix-with takes negatives of earlier records of ids as well: to fill up, or
      with --mix-share 0.3 as three of ten negatives.

      --rank-positives puts each query's positives in the run's order, which
      'needle train --positive-no-shuffle' takes the first of: where a query means
      one of several passages that are judged relevant, the one that fits best.

      --scores writes pos_scores and neg_scores, which distillation learns from;
      positives that are not in the run are left out then.

      Examples:
        needle hard-negatives --run train.trec --qrels qrels.train.tsv \\
          --store msmarco --out msmarco
        needle hard-negatives --run train.trec --qrels qrels.train.tsv \\
          --store msmarco --relative-margin 0.05 --rank-to 100 \\
          --mix-with msmarco/train.jsonl --mix-share 0.25 --out stage2
        needle hard-negatives --run train.trec --qrels qrels.train.tsv \\
          --queries train.query.txt --corpus corpus.tsv --tokenizer t5-base \\
          --doc-template 'Title: <title> Text: <text>' --out stage2
      """
  )

  @Option(name: .customLong("run"), help: ArgumentHelp("What was found.", valueName: "file"))
  var runFile: String

  @OptionGroup var runOption: RunFormatOption

  @OptionGroup var texts: TrainingTextOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var mining: MiningOptions
  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    guard (runOption.runFormat ?? RunFormat(forFileNamed: runFile)) == .msmarco else { return }
    for (name, isGiven) in [
      ("--margin", mining.margin != nil), ("--relative-margin", mining.relativeMargin != nil),
      ("--max-score", mining.maxScore != nil), ("--scores", mining.scores),
    ] where isGiven {
      throw ValidationError("\(name) needs scores, and runs of msmarco have ranks only")
    }
  }

  func run() throws {
    let settings = mining.settings(records)
    let qrels = try records.judgments()
    let found = try Run(contentsOf: runFile, format: runOption.runFormat)
    let folder = try records.folder(.mined)
    let clock = ContinuousClock()
    let started = clock.now
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let outcome = try texts.prepare(
      in: records.out,
      overwrite: records.overwrite,
      threads: threadOption.count,
      progress: progress
    )
    let middle = clock.now
    let stores = outcome.stores
    let miner = HardNegativeMiner(
      found,
      judgments: Judgments(qrels, passages: stores.passages),
      stores: stores,
      settings: settings,
      missing: records.onMissing,
      earlier: try mining.mixWith.map { path in
        try EarlierNegatives(path: path, stores: stores, threads: threadOption.count)
      }
    )
    let preparation = RecordPreparation(
      stores,
      output: records.output(folder),
      threads: threadOption.count
    )
    let counts = try preparation.write(miner) { progress.show($0) }
    progress.finish()
    try manifest(counts).write(to: folder, stores: stores)
    let report = PreparationReport(
      out: records.out,
      outcome: outcome,
      counts: counts,
      wanted: records.nSample,
      tokenizing: middle - started,
      writing: clock.now - middle
    )
    report.warn(miner.warnings(of: counts, settings) + unrankedWarning(counts))
    try StandardOutput.write(json ? report.json.written + "\n" : report.text)
  }

  private func unrankedWarning(_ counts: PreparationCounts) -> [String] {
    let hasMargin = mining.margin != nil || mining.relativeMargin != nil
    guard counts.unranked > 0, hasMargin || mining.scores else { return [] }
    let outcome =
      mining.unranked == .skip || mining.scores
      ? "they are left out" : "margins do not hold for them"
    return [
      "\(NumberText.grouped(counts.unranked)) queries have no positive in the run; \(outcome)"
    ]
  }

  private func manifest(_ counts: PreparationCounts) -> PreparationManifest {
    var manifest = PreparationManifest(step: "hard-negatives", counts: counts)
    manifest.inputs =
      [("run", runFile), ("qrels", records.qrels)]
      + (mining.mixWith.map { [("mix_with", $0)] } ?? []) + texts.inputs
    func number(_ value: (some CustomStringConvertible)?) -> JSON {
      value.map { .number("\($0)") } ?? .null
    }
    manifest.settings =
      records.settings + [
        ("depth", number(mining.depth)), ("rank_from", number(mining.rankFrom)),
        ("rank_to", number(mining.rankTo)), ("margin", number(mining.margin)),
        ("relative_margin", number(mining.relativeMargin)),
        ("max_score", number(mining.maxScore)), ("unranked", .text(mining.unranked.rawValue)),
        ("sample", .text(mining.sample.rawValue)), ("mix_share", number(mining.mixShare)),
        ("rank_positives", .flag(mining.rankPositives)), ("scores", .flag(mining.scores)),
      ]
    return manifest
  }
}
