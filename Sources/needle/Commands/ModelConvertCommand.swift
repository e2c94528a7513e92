internal import ArgumentParser
internal import Encoding

/// The layouts that a model is converted to.
enum ModelLayout: String, CaseIterable, ExpressibleByArgument {
  case openmatch
  case sentenceTransformers = "sentence-transformers"
  case hf

  var layout: ModelDirectory.Layout {
    switch self {
    case .openmatch: .openMatch
    case .sentenceTransformers: .sentenceTransformers
    case .hf: .huggingFace
    }
  }
}

/// `needle model convert`: the same model in another layout.
struct ModelConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes a model in the layout of OpenMatch, sentence-transformers or Hugging Face.",
    discussion: """
      The vectors stay the same. The weights become safetensors, under the names
      that Hugging Face gives them. What a layout cannot say, and an encoding needs
      to know, is told on the standard error; what it cannot hold is an error, as
      two encoders in sentence-transformers.

      What the folder does not say may be given here, and is stored then.

      Examples:
        needle model convert --in t5-ance --to openmatch --out t5 \\
          --query-max-len 32 --passage-max-len 128
        needle model convert --in trained --to sentence-transformers --out st
        needle model convert --in bert --to sentence-transformers --out st \\
          --pooling mean --normalize
      """
  )

  @Option(name: .customLong("in"), help: ArgumentHelp("The model's folder.", valueName: "folder"))
  var source: String

  @Option(help: "The layout: openmatch, sentence-transformers, hf.")
  var to: ModelLayout

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var out: String

  @Option(help: "How a vector is made of states, where the model does not say: first, mean, last.")
  var pooling: Pooling?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether vectors get length 1, where the model does not say (default: no)."
  )
  var normalize: Bool?

  @Flag(help: "Take the states of a T5's encoder, pooled, not its decoder's first state.")
  var encoderOnly = false

  @Option(help: ArgumentHelp("The most tokens of a query.", valueName: "n"))
  var queryMaxLen: Int?

  @Option(help: ArgumentHelp("The most tokens of a passage.", valueName: "n"))
  var passageMaxLen: Int?

  @Option(help: ArgumentHelp("The text of a query: 'query: <text>'.", valueName: "template"))
  var queryTemplate: String?

  @Option(help: ArgumentHelp("The text of a passage: '<title> <text>'.", valueName: "template"))
  var docTemplate: String?

  func run() throws {
    var options = ModelOptions()
    options.pooling = pooling
    options.normalize = normalize
    options.encoderOnly = encoderOnly ? true : nil
    options.queryMaxLength = queryMaxLen
    options.passageMaxLength = passageMaxLen
    var writer = ModelWriter(try ModelDirectory.open(source, options: options))
    if let queryTemplate { writer.properties.query.template = queryTemplate }
    if let docTemplate { writer.properties.passage.template = docTemplate }
    let notes = try writer.write(to: out, as: to.layout)
    for note in notes { StandardError.write("needle: \(out): \(note)\n") }
    try StandardOutput.write("\(out): \(writer.source.passage.modelType), \(to.rawValue)\n")
  }
}
