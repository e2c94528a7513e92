internal import ArgumentParser

/// `needle index`: the commands about one index file.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Builds an index file, shows what is inside, checks every byte.",
    subcommands: [IndexBuildCommand.self, IndexInfoCommand.self, IndexVerifyCommand.self]
  )
}
