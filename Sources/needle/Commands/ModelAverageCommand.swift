internal import ArgumentParser
internal import Encoding
internal import Torch

/// `needle model average`: one model of several.
struct ModelAverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Averages the weights of models that were trained from the same one.",
    discussion: """
      Checkpoints of one training, several trainings that began with the same model,
      and that model itself: their mean is often better than each, most of all on
      texts unlike those trained on, and encoding costs what it did. Measure it; a
      mean of models that have little in common is worth nothing.

      Layout, tokenizer, lengths and templates are those of the first model: name the
      trained one first.

      Examples:
        needle model average stage2 stage1 --out both
        needle model average stage2 all-MiniLM-L6-v2 --weights 3,1 --out careful
      """
  )

  @Argument(help: ArgumentHelp("The models' folders.", valueName: "folders"))
  var models: [String]

  @Option(
    help: ArgumentHelp("How much each model counts (default: the same).", valueName: "n,n,…")
  )
  var weights: String?

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var out: String

  @OptionGroup var threadOption: ThreadOption

  func validate() throws {
    guard models.count > 1 else {
      throw ValidationError("one model has no average; give two or more folders")
    }
    _ = try proportions()
  }

  func run() throws {
    try TorchLibrary.shared().setThreadCount(threadOption.count)
    let average = try ModelAverage(
      of: models.map { try ModelDirectory.open($0) },
      weights: proportions()
    )
    try average.write(to: out)
    try StandardOutput.write("\(out): the average of \(models.count) models\n")
  }

  private func proportions() throws -> [Double]? {
    guard let weights else { return nil }
    let numbers = weights.split(separator: ",", omittingEmptySubsequences: false)
      .compactMap { Double($0) }
    guard numbers.count == models.count, numbers.allSatisfy({ $0.isFinite && $0 >= 0 }),
      numbers.reduce(0, +).isFinite, numbers.contains(where: { $0 > 0 })
    else {
      throw ValidationError(
        "--weights \(weights) is not allowed; give a number of at least 0 for each of the"
          + " \(models.count) models, separated by commas, and not 0 for all"
      )
    }
    return numbers
  }
}
