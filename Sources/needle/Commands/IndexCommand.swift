internal import ArgumentParser

/// `needle index`: the commands about one index.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Builds an index, shows what is inside, checks every byte, changes it.",
    subcommands: [
      IndexBuildCommand.self, IndexConvertCommand.self, IndexInfoCommand.self,
      IndexVerifyCommand.self, IndexAddCommand.self, IndexUpdateCommand.self,
      IndexDeleteCommand.self, IndexCompactCommand.self, IndexMergeCommand.self,
    ]
  )
}
