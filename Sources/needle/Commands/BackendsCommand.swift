internal import ArgumentParser
internal import Needletail

/// `needle backends`: what can be built, and with which parameters.
struct BackendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "Lists the kinds of index with their parameters, ranges and defaults.",
    discussion: """
      A specification names a backend and those construction parameters that
      differ from their defaults: hnsw:M=32,efConstruction=200. Search parameters
      go with each search: --set efSearch=64.

      Examples:
        needle backends
        needle backends hnsw
        needle backends --json
      """
  )

  @Argument(help: "The backends to show (default: all).")
  var names: [String] = []

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let chosen =
      try names.isEmpty
      ? backends + gpuBackends : names.map { name in try Needletail.backend(named: name) }
    let text =
      json
      ? JSONText.list(chosen.map { described($0) }).written + "\n"
      : chosen.map { explained($0) }.joined(separator: "\n")
    try StandardOutput.write(text)
  }

  private func explained(_ backend: any IndexBackend.Type) -> String {
    var text = "\(backend.name)\n  \(backend.summary)\n"
    for (title, parameters) in [
      ("construction", backend.buildParameters), ("search", backend.searchParameters),
    ] where !parameters.isEmpty {
      text += "  \(title) parameters:\n"
      for parameter in parameters {
        text += "    \(parameter.name)=\(parameter.defaultValue)  (\(parameter.allowed))\n"
        text += "        \(parameter.summary)\n"
      }
    }
    return text
  }

  private func described(_ backend: any IndexBackend.Type) -> JSONText {
    .object([
      ("name", .text(backend.name)),
      ("summary", .text(backend.summary)),
      ("build_parameters", .list(backend.buildParameters.map { described($0) })),
      ("search_parameters", .list(backend.searchParameters.map { described($0) })),
    ])
  }

  private func described(_ parameter: ParameterDescription) -> JSONText {
    .object([
      ("name", .text(parameter.name)),
      ("default", parameter.defaultValue.json),
      ("allowed", .text(parameter.allowed)),
      ("summary", .text(parameter.summary)),
      ("sweep", .list(parameter.sweep.map(\.json))),
    ])
  }
}

extension ParameterValue {
  /// The value as JSON of its own kind.
  var json: JSONText {
    switch self {
    case .integer(let value): .integer(value)
    case .real(let value): .real(value)
    case .text(let value): .text(value)
    }
  }
}

extension Parameters {
  /// The parameters as a JSON object.
  var json: JSONText { .object(entries.map { ($0.name, $0.value.json) }) }
}
