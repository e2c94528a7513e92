internal import ArgumentParser
internal import Encoding
internal import Needletail
internal import Retrieval
internal import Tokenization
internal import Torch
internal import Training
internal import TrainingData

/// `needle train`: records in, a retriever out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a dense retriever on queries with relevant and other passages.",
    discussion: """
      Records are what 'needle prepare train' and 'needle hard-negatives' write:
      {"qid":…,"pos":[…],"neg":[…]} beside queries.tokens and passages.tokens, or
      OpenMatch's token lists.

      Each query of a batch learns to prefer its positive to its own negatives and to
      the passages of all other queries. Texts that came twice in a batch, and
      known positives of a query, are not taken for negatives.

      The folder gets the model (its layout is OpenMatch's, with a Hugging Face
      model inside), checkpoint-N folders, log.jsonl, TensorBoard's event files, and
      training.html with the curves. A training that was interrupted goes on with
      --resume, to the same weights bit by bit.

      Several devices or machines: start one process for each, by torchrun's
      variables (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT) or by
      mpirun. --batch-size is that of each process. With --negatives-x-device they
      compute what one device would on the whole batch.

      Examples:
        needle train --model minilm --train data/train.jsonl --out stage1 \\
          --eval data/val.jsonl --best-by mrr_10 --temperature 0.05 --batch-size 64 \\
          --train-n-passages 4 --learning-rate 3e-5
        needle train --model stage1 --train data/split00.hn.jsonl --out stage2 \\
          --temperature 0.05 --batch-size 64 --learning-rate 1.5e-5
        mpirun -np 2 needle train --model minilm --train data/train.jsonl \\
          --negatives-x-device --batch-size 32 --out stage1
      """
  )

  @OptionGroup var model: ModelOption

  @OptionGroup var data: TrainingDataOptions

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var out: String

  @OptionGroup var trained: TrainedModelOptions

  @OptionGroup var optimization: OptimizationOptions

  @OptionGroup var validation: ValidationOptions

  @Flag(help: "Go on from the last checkpoint in the folder.")
  var resume = false

  @Option(
    help: ArgumentHelp("Where event files go (default: runs in the folder).", valueName: "folder")
  )
  var logDir: String?

  @Option(help: ArgumentHelp("Seconds to wait for other processes.", valueName: "n"))
  var timeout = 1800.0

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    let launch = try LaunchEnvironment.current()
    let device = try model.settings.device(launch)
    try TorchLibrary.shared().setThreadCount(threadOption.count)
    try TorchLibrary.shared().keepMemory()
    let set = try RecordSet(paths: data.trainDir.map { [$0] } ?? data.train, data: data.data)
    let eval = data.eval.isEmpty ? nil : try RecordSet(paths: data.eval, data: data.data)
    // Rank 0 makes the folder; what it finds there holds for all, since they share the disk.
    let ranks = try launch.ranks(on: device, timeout: timeout)
    if ranks.leads { try TrainingFolder.open(out, resumes: resume) }
    let checkpoint = resume ? try Trainer.lastCheckpoint(in: out) : nil
    let directory = try open(checkpoint)
    for records in [set, eval].compactMap({ $0 }) { try records.check(of: directory) }

    var properties = ModelProperties(of: directory)
    properties.take(from: set)
    let retriever = try Retriever(
      directory,
      device: device,
      dtype: model.settings.computeType.dtype,
      unties: trained.untieEncoder,
      properties: properties
    )
    let options = try options()
    let batches = try TrainingBatches(directory, data: data, seed: optimization.seed)
    let trainer = try Trainer(
      retriever,
      data: Trainer.Data(set, builder: batches.builder(set)),
      validation: try eval.map {
        try validation.validation(of: $0, filledFrom: set, batches: batches, options: options)
      },
      options: options,
      ranks: ranks,
      folder: out
    )
    let firstStep = checkpoint == nil ? nil : try trainer.resume()
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let journal = try ranks.leads ? journal(of: trainer, firstStep, progress) : nil
    let outcome = try trainer.run(journal)
    try journal?.finish()
    progress.finish()
    guard ranks.leads else { return }
    TrainingReport.warn(of: outcome)
    let report = TrainingReport(
      path: out,
      outcome: outcome,
      parameterCount: retriever.parameterCount,
      recordCount: set.count,
      bestBy: validation.bestBy
    )
    try StandardOutput.write(json ? report.json.written + "\n" : report.text)
  }

  private func options() throws -> TrainingOptions {
    var options = TrainingOptions()
    optimization.fill(&options)
    try validation.fill(&options)
    options.workers = data.workers
    options.dropsLast = data.dropLast
    options.scalesLoss = model.settings.computeType == .f16
    return options
  }

  /// Reads the model's folder, or that of the checkpoint from which training goes on.
  private func open(_ checkpoint: String?) throws -> ModelDirectory {
    guard let checkpoint else {
      return try trained.open(model.model, model.settings.options, seed: optimization.seed)
    }
    let directory = try ModelDirectory.open(checkpoint)
    for (name, asked, stored) in [
      ("--query-max-len", trained.queryMaxLen, directory.query.maxLength),
      ("--passage-max-len", trained.passageMaxLen, directory.passage.maxLength),
    ] {
      guard let asked, asked != stored else { continue }
      throw UsageError("\(checkpoint) was trained with \(name) \(stored), but \(asked) is given")
    }
    return directory
  }

  private func journal(
    of trainer: Trainer,
    _ firstStep: Int?,
    _ progress: ProgressDisplay
  ) throws -> TrainingJournal {
    try TrainingJournal(
      folder: out,
      eventFolder: logDir ?? out + "/runs",
      resumingAfter: firstStep,
      plannedSteps: trainer.plannedSteps,
      settings: [("model", model.model)] + trainer.identity,
      show: { progress.show($0.shown) }
    )
  }
}
