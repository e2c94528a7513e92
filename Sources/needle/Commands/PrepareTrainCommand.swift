internal import ArgumentParser
internal import Needletail
internal import Retrieval
internal import TrainingData

/// `needle prepare train`: records of queries with their positives and negatives.
struct PrepareTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Makes training records of queries, their relevant passages and negatives.",
    discussion: """
      Writes to the folder:
        queries.tokens, passages.tokens  all texts, tokenized once
        split00.jsonl, split01.jsonl, …  {"qid":"…","pos":["…"],"neg":["…"]}
        manifest.json                    inputs with checksums, settings, counts
      Records hold ids: other negatives, another seed or a second stage cost no
      tokenizing. Tokens that are there already, in the folder or in that of
      --store, are taken if tokenizer, texts, templates and lengths are the same.

      Negatives are 'qid<TAB>pid,pid,…', a query a line, as 'needle prepare
      negatives' writes them, or are taken from a run (--from-run). Those that are
      relevant to the query are left out. Of the others --n-sample are drawn; the
      draw depends on the seed and the query alone. Without both, each judged query
      gives a record without negatives, for 'needle train --train-n-passages 1'.

      --format tokens writes OpenMatch's records byte for byte,
      {"query": […], "positives": [[…]], "negatives": [[…]]}, which 'needle train'
      reads as well. Positives are in the order of the judgments, grades from 1 on.

      Texts are read as by 'needle encode'. Tokens are stored without special
      tokens, but those in a template, such as '<title>[SEP]<text>', count as such.

      Examples:
        needle prepare train --negatives train.negatives.tsv \\
          --qrels qrels.train.tsv --queries train.query.txt --corpus corpus.tsv \\
          --tokenizer t5-base --doc-template 'Title: <title> Text: <text>' \\
          --out msmarco
        needle prepare train --from-run bm25.trec --depth 100 --store msmarco \\
          --qrels qrels.train.tsv --out msmarco-bm25
      """
  )

  @Option(help: ArgumentHelp("The negatives of each query.", valueName: "file"))
  var negatives: String?

  @Option(help: ArgumentHelp("A run, to take negatives from it.", valueName: "file"))
  var fromRun: String?

  @OptionGroup var runOption: RunFormatOption

  @Option(
    help: ArgumentHelp(
      "How many passages of a run that are not relevant are drawn from (default: 200).",
      valueName: "n"
    )
  )
  var depth: Int?

  @OptionGroup var texts: TrainingTextOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    guard negatives == nil || fromRun == nil else {
      throw ValidationError("give --negatives or --from-run, and only one of them")
    }
    if fromRun == nil, runOption.runFormat != nil {
      throw ValidationError("--run-format is for runs; give --from-run, or leave it out")
    }
    guard let depth else { return }
    guard fromRun != nil else {
      throw ValidationError("--depth is for runs; give --from-run, or leave it out")
    }
    try MiningOptions.check("--depth", depth)
  }

  func run() throws {
    let qrels = try records.judgments()
    let folder = try records.folder(.prepared)
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
    let judgments = Judgments(qrels, passages: outcome.stores.passages)
    let preparation = RecordPreparation(
      outcome.stores,
      output: records.output(folder),
      threads: threadOption.count
    )
    var warnings: [String] = []
    let counts: PreparationCounts
    if let negatives {
      counts = try preparation.write(
        negatives: negatives,
        judgments: judgments,
        sampleCount: records.nSample,
        seed: records.seed,
        missing: records.onMissing
      )
    } else if fromRun == nil {
      counts = try preparation.write(judgments, missing: records.onMissing)
    } else {
      let mined = try mined(judgments, outcome.stores, preparation, progress)
      counts = mined.counts
      warnings = mined.warnings
    }
    progress.finish()
    var manifest = PreparationManifest(step: "prepare train", counts: counts)
    manifest.inputs =
      [("negatives", negatives), ("run", fromRun), ("qrels", records.qrels)]
      .compactMap { option, path in path.map { (option, $0) } } + texts.inputs
    manifest.settings = records.settings + (depth.map { [("depth", .number("\($0)"))] } ?? [])
    try manifest.write(to: folder, stores: outcome.stores)
    let report = PreparationReport(
      out: records.out,
      outcome: outcome,
      counts: counts,
      wanted: negatives == nil && fromRun == nil ? 0 : records.nSample,
      tokenizing: middle - started,
      writing: clock.now - middle
    )
    report.warn(warnings)
    try StandardOutput.write(json ? report.json.written + "\n" : report.text)
  }

  private func mined(
    _ judgments: Judgments,
    _ stores: TrainingStores,
    _ preparation: RecordPreparation,
    _ progress: ProgressDisplay
  ) throws -> (counts: PreparationCounts, warnings: [String]) {
    var settings = MiningSettings()
    settings.depth = depth ?? settings.depth
    settings.sampleCount = records.nSample
    settings.seed = records.seed
    let miner = HardNegativeMiner(
      try Run(contentsOf: fromRun ?? "", format: runOption.runFormat),
      judgments: judgments,
      stores: stores,
      settings: settings,
      missing: records.onMissing
    )
    let counts = try preparation.write(miner) { progress.show($0) }
    return (counts, miner.warnings(of: counts, settings))
  }
}
