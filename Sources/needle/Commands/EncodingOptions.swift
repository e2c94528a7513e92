internal import ArgumentParser
internal import Encoding
internal import Needletail
internal import Torch

/// The type in which vectors are stored.
enum StorageType: String, CaseIterable, ExpressibleByArgument {
  case f32
  case f16
}

/// A part of a corpus on the command line: `0/4`.
struct SliceArgument: ExpressibleByArgument {
  let slice: VectorSetManifest.Slice

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1,
      (0..<count).contains(index)
    else { return nil }
    slice = VectorSetManifest.Slice(index: index, count: count)
  }
}

/// How texts are put into batches, and vectors into files.
struct EncodingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tokens that are computed together (default: 16384, on a GPU 65536).",
      valueName: "n"
    )
  )
  var batchTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Texts in memory and sorted together; a kill can lose the work on so many.",
      valueName: "n"
    )
  )
  var windowTexts = 1 << 16

  @Option(help: "The type in which vectors are stored: f32 or f16.")
  var dtype: StorageType = .f32

  @Option(
    help: ArgumentHelp("Only part i of n of the texts, i from 0: 0/4 to 3/4.", valueName: "i/n")
  )
  var shard: SliceArgument?

  @Option(help: ArgumentHelp("Vectors of each .npy file but the last.", valueName: "n"))
  var shardRows = 1 << 20

  @Option(help: ArgumentHelp("Only so many texts from the beginning.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    for (name, value) in [
      ("--batch-tokens", batchTokens), ("--window-texts", windowTexts),
      ("--shard-rows", shardRows), ("--limit", limit),
    ] {
      guard let value, value < 1 else { continue }
      throw ValidationError("\(name) \(value) is not allowed; it is at least 1")
    }
  }

  /// The library's options.
  func options(device: Device, threads: Int) -> CorpusEncoder<ModelTextEncoder>.Options {
    var options = CorpusEncoder<ModelTextEncoder>.Options()
    options.batchTokens = batchTokens ?? (device.kind == .cpu ? 1 << 14 : 1 << 16)
    options.windowTexts = windowTexts
    options.element = dtype == .f16 ? .float16 : .float32
    options.shardRows = shardRows
    options.slice = shard?.slice
    options.limit = limit
    options.threads = threads
    return options
  }
}
