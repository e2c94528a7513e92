internal import ArgumentParser
internal import Encoding
internal import Needletail

/// `needle model scale-t5`: a T5 whose states half precision holds.
struct ModelScaleT5Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale-t5",
    abstract: "Scales the weights of a T5 so that half precision holds its states.",
    discussion: """
      States of a T5 grow beyond 65504, the largest number of f16. Scaled, they are a
      hundredth of it, and the vectors stay the same: this is checked on random
      texts before anything is written. Version 1.0 with ReLU, version 1.1 and mT5
      with gated GELU are known.

      Weights that learn by Adam's rule change faster relative to their size when
      they are scaled: learning rates of scaled models are lower, as 5e-6 in the
      MS MARCO recipe of OpenMatch. A model is scaled once; its config.json says so
      in 'scaled'. One that OpenMatch's script has scaled does not say so, and
      cannot be told from others.

      Examples:
        needle model scale-t5 --in t5-base --out t5-base-scaled
        needle model scale-t5 --in flan-t5-base --out flan-scaled --num-layers 12
      """
  )

  @Option(name: .customLong("in"), help: ArgumentHelp("The model's folder.", valueName: "folder"))
  var source: String

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Refuse models of another number of layers than this; the number itself is known.",
      valueName: "n"
    )
  )
  var numLayers: Int?

  @OptionGroup var threadOption: ThreadOption

  func run() throws {
    let directory = try ModelDirectory.open(source)
    if let numLayers {
      let found = try EncoderSummary(directory, side: .passage).layers
      guard found == numLayers else {
        throw UsageError(
          "--num-layers \(numLayers): \(source) has \(found) layers; leave the option out"
        )
      }
    }
    let difference = try T5Scaling.scale(
      directory,
      to: out,
      threads: threadOption.count
    )
    try StandardOutput.write("\(out): scaled; vectors differ by \(difference) at most\n")
  }
}
