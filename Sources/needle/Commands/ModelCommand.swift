internal import ArgumentParser

/// `needle model`: the commands about one model's folder.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Shows what a model's folder holds, converts it, averages several, scales a T5.",
    subcommands: [
      ModelInfoCommand.self, ModelConvertCommand.self, ModelAverageCommand.self,
      ModelScaleT5Command.self,
    ]
  )
}
