internal import ArgumentParser
internal import Retrieval
internal import Training
internal import TrainingData

/// What is measured while a model is trained, and what follows from it.
struct ValidationOptions: ParsableArguments {
  /// What is measured.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case loss
    case retrieval
  }

  @Option(
    name: .customLong("validate"),
    help:
      "What is measured on the records of --eval: loss, or retrieval from a small index as well."
  )
  var kind: Kind = .retrieval

  @Option(help: ArgumentHelp("Passages of the small index.", valueName: "n"))
  var evalPassages = 20_000

  @Option(
    name: .customLong("measure"),
    parsing: .singleValue,
    help: ArgumentHelp(
      "A measure of retrieval, can be repeated (default: mrr.10, recall.100, ndcg_cut.10).",
      valueName: "name"
    )
  )
  var measures: [String] = []

  @Option(
    help: ArgumentHelp(
      "Keep the weights that are best by this measure, or by loss (default: the last).",
      valueName: "name"
    )
  )
  var bestBy: String?

  @Option(
    help: ArgumentHelp("Stop after so many validations without a better one.", valueName: "n")
  )
  var patience: Int?

  @Option(help: ArgumentHelp("Steps between validations (default: an epoch).", valueName: "n"))
  var evalSteps: Int?

  @Option(help: ArgumentHelp("Steps between checkpoints (default: an epoch).", valueName: "n"))
  var saveSteps: Int?

  @Option(help: ArgumentHelp("Checkpoints that are kept beside the best one.", valueName: "n"))
  var keepCheckpoints = 1

  @Option(help: ArgumentHelp("Steps between lines of the log.", valueName: "n"))
  var loggingSteps = 50

  func validate() throws {
    for (name, value) in [
      ("--eval-passages", evalPassages), ("--patience", patience ?? 1),
      ("--eval-steps", evalSteps ?? 1), ("--save-steps", saveSteps ?? 1),
      ("--keep-checkpoints", keepCheckpoints), ("--logging-steps", loggingSteps),
    ] where value < 1 {
      throw ValidationError("\(name) \(value) is not allowed; it is at least 1")
    }
    guard patience == nil || bestBy != nil else {
      throw ValidationError("--patience needs --best-by, which says what is to get better")
    }
  }

  /// What is measured on held-out records.
  ///
  /// - Parameters:
  ///   - records: the held-out ones.
  ///   - others: records whose passages fill the small index up.
  ///   - batches: makes batches of them.
  ///   - options: how the model is trained.
  /// - Returns: the measures.
  /// - Throws: ``Retrieval/MeasureError`` for unknown names; what the records throw.
  func validation(
    of records: RecordSet,
    filledFrom others: RecordSet,
    batches: TrainingBatches,
    options: TrainingOptions
  ) throws -> Validation {
    let names = measures.isEmpty ? RetrievalValidation.standardMeasures : measures
    let retrieval =
      kind == .loss
      ? nil
      : try RetrievalValidation(
        records,
        filledFrom: others,
        passages: evalPassages,
        seed: options.seed,
        measures: try names.flatMap { try Measure.parsing($0) },
        wrapQuery: batches.wrapQuery,
        wrapPassage: batches.wrapPassage
      )
    return Validation(
      records,
      builder: batches.builder(records, fixed: true),
      batchSize: options.batchSize,
      objective: options.objective,
      retrieval: retrieval
    )
  }

  /// Fills in the library's options.
  ///
  /// - Throws: ``Retrieval/MeasureError`` for a measure to choose by that is none.
  func fill(_ options: inout TrainingOptions) throws {
    options.bestBy = try bestBy.map { name in
      // mrr.10, mrr_10 and MRR@10 are one measure; the log has its first name.
      name == Validation.lossName ? name : try Measure.parsing(name).first?.name ?? name
    }
    options.patience = patience
    options.evalSteps = evalSteps
    options.saveSteps = saveSteps
    options.keepCheckpoints = keepCheckpoints
    options.loggingSteps = loggingSteps
  }
}
