internal import ArgumentParser
internal import Encoding
internal import Reporting

/// `needle model info`: what a model's folder says, and how large it is.
struct ModelInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Shows a model's layers, sizes and settings, and counts its weights.",
    discussion: """
      The settings are those that 'needle encode' takes: what the folder says, and
      what holds where it says nothing. Weights that no vector depends on, as
      BERT's pooler, are stored but not trained. The fingerprint is a checksum of
      weights and settings.

      Examples:
        needle model info minilm
        needle model info t5-ance --json
      """
  )

  @Argument(help: ArgumentHelp("The model's folder.", valueName: "folder"))
  var path: String

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let directory = try ModelDirectory.open(path)
    let sides: [TextSide] = directory.isTied ? [.passage] : TextSide.allCases
    let summaries = try sides.map { ($0, try EncoderSummary(directory, side: $0)) }
    try StandardOutput.write(
      json ? described(directory, summaries).written + "\n" : explained(directory, summaries)
    )
  }

  private func explained(
    _ directory: ModelDirectory,
    _ summaries: [(TextSide, EncoderSummary)]
  ) -> String {
    var rows: [(name: String, value: String)] = [
      ("layout", directory.layout.rawValue),
      ("encoders", directory.isTied ? "one for queries and passages" : "two"),
    ]
    for (side, summary) in summaries {
      let encoder = directory.encoder(for: side)
      let suffix = directory.isTied ? "" : " (\(side.rawValue))"
      let decoder = summary.decoderLayers.map { " and \($0) of the decoder" } ?? ""
      let heads = summary.linearLayers.map { "\($0.inputs) to \($0.outputs)" }
      let stored = NumberText.grouped(summary.parameterCount)
      let trained = NumberText.grouped(summary.trainableCount)
      rows += [
        ("type", summary.type),
        ("layers", "\(summary.layers)\(decoder), \(summary.attentionHeads) heads each"),
        ("sizes", "\(summary.hidden), \(summary.intermediate) in feed-forward layers"),
        ("vocabulary", NumberText.grouped(encoder.vocabularyCount)),
        ("weights", "\(stored), \(trained) of them trainable"),
        ("pooling", encoder.pooling?.rawValue ?? "the decoder's first state"),
        ("linear layers", heads.isEmpty ? "none" : heads.joined(separator: ", ")),
        ("normalize", encoder.normalize ? "yes" : "no"),
        ("vectors", "\(encoder.dimension)"),
        ("scaled", summary.isScaled ? "yes" : "no"),
        ("fingerprint", summary.fingerprint),
      ]
      .map { ($0.0 + suffix, $0.1) }
    }
    for side in TextSide.allCases {
      let encoder = directory.encoder(for: side)
      rows.append(("\(side.rawValue) tokens", "\(encoder.maxLength)"))
      if let template = encoder.template { rows.append(("\(side.rawValue) template", template)) }
      if let prompt = encoder.prompt { rows.append(("\(side.rawValue) prompt", prompt)) }
    }
    return aligned(rows)
  }

  private func described(
    _ directory: ModelDirectory,
    _ summaries: [(TextSide, EncoderSummary)]
  ) -> JSONText {
    func text(_ text: String?) -> JSONText { text.map { .text($0) } ?? .null }
    let encoders = summaries.map { side, summary in
      let encoder = directory.encoder(for: side)
      let heads = summary.linearLayers.map { layer in
        JSONText.object([("in", .integer(layer.inputs)), ("out", .integer(layer.outputs))])
      }
      let members: [(name: String, value: JSONText)] = [
        ("type", .text(summary.type)),
        ("layers", .integer(summary.layers)),
        ("decoder_layers", summary.decoderLayers.map { .integer($0) } ?? .null),
        ("attention_heads", .integer(summary.attentionHeads)),
        ("hidden", .integer(summary.hidden)),
        ("intermediate", .integer(summary.intermediate)),
        ("vocabulary", .integer(encoder.vocabularyCount)),
        ("parameters", .integer(summary.parameterCount)),
        ("trainable_parameters", .integer(summary.trainableCount)),
        ("pooling", text(encoder.pooling?.rawValue)),
        ("linear_layers", .list(heads)),
        ("normalize", .flag(encoder.normalize)),
        ("dimension", .integer(encoder.dimension)),
        ("scaled", .flag(summary.isScaled)),
        ("fingerprint", .text(summary.fingerprint)),
      ]
      return (
        name: directory.isTied ? "encoder" : "\(side.rawValue)_encoder", JSONText.object(members)
      )
    }
    let texts = TextSide.allCases.map { side in
      let encoder = directory.encoder(for: side)
      return (
        name: side.rawValue,
        JSONText.object([
          ("max_length", .integer(encoder.maxLength)),
          ("template", text(encoder.template)),
          ("prompt", text(encoder.prompt)),
        ])
      )
    }
    return .object(
      [
        ("path", .text(path)), ("layout", .text(directory.layout.rawValue)),
        ("tied", .flag(directory.isTied)),
      ] + encoders + texts
    )
  }
}
