internal import ArgumentParser
internal import Needletail

/// Which values of search parameters a benchmark tries.
struct SweepOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Values of a search parameter to try: efSearch=16,64,256; may be given several times.",
      valueName: "name=value,…"
    )
  )
  var sweep: [String] = []

  /// The values by parameter.
  func values() throws -> [String: [ParameterValue]] {
    var result: [String: [ParameterValue]] = [:]
    for text in sweep {
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let values = sides.last?.split(separator: ",", omittingEmptySubsequences: false) ?? []
      guard sides.count == 2, !sides[0].isEmpty, values.allSatisfy({ !$0.isEmpty }) else {
        throw UsageError("--sweep \(text) is not allowed; write --sweep efSearch=16,64,256")
      }
      result[String(sides[0]), default: []] += values.map { ParameterValue(parsing: $0) }
    }
    return result
  }
}
