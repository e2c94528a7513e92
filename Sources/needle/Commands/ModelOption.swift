public import ArgumentParser
public import Encoding
internal import Needletail
public import Tokenization
internal import Torch

extension Pooling: ExpressibleByArgument {}
extension UnigramEngine: ExpressibleByArgument {}

/// The type in which a model computes.
enum ComputeType: String, CaseIterable, ExpressibleByArgument {
  case f32
  case f16
  case bf16

  var dtype: DType {
    switch self {
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    }
  }
}

/// The model that turns texts into vectors, and where it computes.
struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model's folder, of Hugging Face, sentence-transformers or OpenMatch.",
      valueName: "folder"
    )
  )
  var model: String

  @OptionGroup var settings: ModelSettings
}

/// How a model is read, and where it computes.
struct ModelSettings: ParsableArguments {
  @Option(
    help:
      "Where the model computes: cpu, cuda:0, …, or auto for a GPU where there is one (default: auto)."
  )
  var device: String?

  @Option(help: "The type in which the model computes: f32, or f16 or bf16 on a GPU.")
  var computeDtype: ComputeType = .f32

  @Flag(help: "The same as --compute-dtype f16.")
  var fp16 = false

  @Flag(help: "The same as --compute-dtype bf16.")
  var bf16 = false

  /// The type in which the model computes.
  var computeType: ComputeType { fp16 ? .f16 : bf16 ? .bf16 : computeDtype }

  func validate() throws {
    guard [fp16, bf16, computeDtype != .f32].filter(\.self).count < 2 else {
      throw ValidationError("give one of --compute-dtype, --fp16 and --bf16")
    }
  }

  @Option(help: "How a vector is made of states, where the model does not say: first, mean, last.")
  var pooling: Pooling?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether vectors get length 1, where the model does not say (default: no)."
  )
  var normalize: Bool?

  @Flag(help: "Take the states of a T5's encoder, pooled, not its decoder's first state.")
  var encoderOnly = false

  @Option(
    help: ArgumentHelp(
      "What cuts texts for a T5's tokenizer: native, with the ids of Hugging Face's fast tokenizers, "
        + "or sentencepiece, the library, with those of the slow ones.",
      valueName: "engine"
    )
  )
  var unigramEngine: UnigramEngine = .native

  /// What is asked for beyond what the model's folder says.
  var options: ModelOptions {
    var options = ModelOptions()
    options.pooling = pooling
    options.normalize = normalize
    options.encoderOnly = encoderOnly ? true : nil
    return options
  }

  /// Reads what a model's folder says.
  ///
  /// - Parameters:
  ///   - model: the folder.
  ///   - side: whose encoder.
  ///   - maxLength: the most tokens of a text; `nil` for the model's own.
  /// - Returns: what the folder says, with the options.
  /// - Throws: ``VectorCore/FileError`` for a folder that is no model's, or contradicts the options.
  func open(_ model: String, for side: TextSide, maxLength: Int?) throws -> ModelDirectory {
    var options = options
    switch side {
    case .query: options.queryMaxLength = maxLength
    case .passage: options.passageMaxLength = maxLength
    }
    return try ModelDirectory.open(model, options: options)
  }

  /// Where the model computes.
  ///
  /// - Parameter launch: this process among those that compute together: each of them takes a GPU of
  ///   its own where none is named by number.
  /// - Returns: the device.
  /// - Throws: ``UsageError`` for a half type on a cpu; ``Torch/TorchError`` for a device that is not
  ///   there.
  func device(_ launch: LaunchEnvironment = .single) throws -> Device {
    let name = device ?? "auto"
    var found = try Device(named: name)
    if found.kind == .cuda, launch.isDistributed, !name.contains(":") {
      found = try Device(named: "cuda:\(launch.localRank)")
    }
    guard found.kind != .cpu || computeType == .f32 else {
      throw UsageError(
        "--compute-dtype \(computeType.rawValue) needs a GPU; leave it out on a cpu"
      )
    }
    return found
  }

  /// Reads tokenizer and weights.
  ///
  /// - Throws: ``VectorCore/FileError``, ``Torch/TorchError``.
  func load(_ directory: ModelDirectory, for side: TextSide, threads: Int) throws
    -> ModelTextEncoder
  {
    let device = try device()
    try TorchLibrary.shared().setThreadCount(threads)
    return try ModelTextEncoder(
      directory,
      side: side,
      device: device,
      dtype: computeType.dtype,
      unigramEngine: unigramEngine
    )
  }
}
