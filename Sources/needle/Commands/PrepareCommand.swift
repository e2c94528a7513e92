internal import ArgumentParser

/// `needle prepare`: from raw files to records that a model is trained on.
struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Makes training data of queries, passages, judgments and negatives.",
    subcommands: [
      PrepareCorpusCommand.self, PrepareNegativesCommand.self, PreparePairsCommand.self,
      PrepareTrainCommand.self, PrepareSplitCommand.self,
    ]
  )
}
