internal import ArgumentParser
internal import Needletail
internal import Retrieval
internal import TrainingData

/// The texts that records speak of: files and a tokenizer, or the stores of an earlier step.
struct TrainingTextOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The queries: a file, or a BEIR directory.", valueName: "path"))
  var queries: String?

  @Option(help: ArgumentHelp("The passages: a file, or a BEIR directory.", valueName: "path"))
  var corpus: String?

  @Option(help: ArgumentHelp("The folder of the model or its tokenizer.", valueName: "folder"))
  var tokenizer: String?

  @Option(
    help: ArgumentHelp("A folder of this command's, to take its tokens from.", valueName: "folder")
  )
  var store: String?

  @Option(help: ArgumentHelp("The text of a passage: '<title> <text>'.", valueName: "template"))
  var docTemplate: String?

  @Option(help: ArgumentHelp("The text of a query: 'query: <text>'.", valueName: "template"))
  var queryTemplate: String?

  @Option(
    help: ArgumentHelp(
      "Columns of a corpus with tabs (default: id,title,text).",
      valueName: "names"
    )
  )
  var docColumns: String?

  @Option(
    help: ArgumentHelp("Columns of queries with tabs (default: id,text).", valueName: "list")
  )
  var queryColumns: String?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a passage, special ones not counted (default: 128).",
      valueName: "n"
    )
  )
  var truncate: Int?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a query, special ones not counted (default: 32).",
      valueName: "n"
    )
  )
  var queryTruncate: Int?

  @Option(
    name: .customLong("invalid-utf8"),
    help: "What bytes that are no UTF-8 become: error, or replace by U+FFFD (default: error)."
  )
  var invalidUTF8: TextLayout.InvalidUTF8?

  private static let passageTokens = 128
  private static let queryTokens = 32

  func validate() throws {
    for (name, value) in [("--truncate", truncate), ("--query-truncate", queryTruncate)] {
      guard let value, value < 1 else { continue }
      throw ValidationError("\(name) \(value) is not allowed; it is at least 1")
    }
    let given = [queries, corpus, tokenizer].compactMap { $0 }.count
    guard given == 0 else {
      guard given == 3 else {
        throw ValidationError(
          store == nil
            ? "--queries, --corpus and --tokenizer are needed, or --store alone"
            : "give --queries, --corpus and --tokenizer beside --store, or none of them"
        )
      }
      return
    }
    guard store != nil else {
      throw ValidationError("--queries, --corpus and --tokenizer are needed, or --store alone")
    }
    for (option, isGiven) in [
      ("--doc-template", docTemplate != nil), ("--query-template", queryTemplate != nil),
      ("--doc-columns", docColumns != nil), ("--query-columns", queryColumns != nil),
      ("--truncate", truncate != nil), ("--query-truncate", queryTruncate != nil),
      ("--invalid-utf8", invalidUTF8 != nil),
    ] where isGiven {
      throw ValidationError("\(option) is for texts, but --store alone has tokens; leave it out")
    }
  }

  /// What is read, for a manifest.
  var inputs: [(option: String, path: String)] {
    [("queries", queries), ("corpus", corpus), ("tokenizer", tokenizer), ("store", store)]
      .compactMap { option, path in path.map { (option, $0) } }
  }

  /// Puts the stores into a folder.
  ///
  /// - Parameters:
  ///   - folder: where records will be.
  ///   - overwrite: whether stores there that were made with other settings are replaced.
  ///   - threads: how many threads may work.
  ///   - progress: shows how far it is.
  /// - Returns: the stores, and what was met in texts that had to be tokenized.
  /// - Throws: what ``TrainingData/StorePreparation`` throws.
  func prepare(
    in folder: String,
    overwrite: Bool,
    threads: Int,
    progress: ProgressDisplay
  ) throws -> StorePreparation.Outcome {
    guard let queries, let corpus, let tokenizer else {
      let stores = try TrainingStores(folder: store ?? folder)
      try TrainingStores.place(stores.queries, in: folder)
      try TrainingStores.place(stores.passages, in: folder)
      return StorePreparation.Outcome(taking: stores)
    }
    let preparation = try StorePreparation(
      queries: try texts(
        try TextFile(queries, role: .queries),
        columns: queryColumns,
        template: queryTemplate,
        maxLength: queryTruncate ?? Self.queryTokens
      ),
      passages: try texts(
        try TextFile(corpus, role: .corpus),
        columns: docColumns,
        template: docTemplate,
        maxLength: truncate ?? Self.passageTokens
      ),
      tokenizer: tokenizer
    )
    let outcome = try preparation.prepare(
      in: folder,
      takingFrom: store,
      replacing: overwrite,
      threads: threads
    ) { progress.show($0) }
    progress.finish()
    return outcome
  }

  private func texts(
    _ file: TextFile,
    columns: String?,
    template: String?,
    maxLength: Int
  ) throws -> StorePreparation.Texts {
    let layout = try TextLayout(
      of: file,
      columns: columns,
      asked: template,
      stored: nil,
      invalidUTF8: invalidUTF8 ?? .error
    )
    return StorePreparation.Texts(
      file: file,
      layout: layout,
      template: template,
      maxLength: maxLength
    )
  }
}
