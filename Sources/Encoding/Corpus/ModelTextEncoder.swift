internal import IndexStore
public import Tokenization
public import Torch
public import VectorCore

/// A model of text with its tokenizer: the encoder of one side.
public struct ModelTextEncoder: TextEncoder {
  /// The model.
  public let model: TextModel
  /// Its tokenizer.
  public let tokenizer: Tokenizer
  private let directory: ModelDirectory
  private let side: TextSide
  private let unigramEngine: UnigramEngine

  /// Reads a model's weights and its tokenizer.
  ///
  /// - Parameters:
  ///   - directory: the model's folder.
  ///   - side: whose encoder.
  ///   - device: where to compute.
  ///   - dtype: the type in which to compute; half types are for GPUs.
  ///   - unigramEngine: what cuts texts for a unigram model, as T5 has it.
  /// - Throws: `FileError` for missing or damaged files, `TorchError` where libtorch or the device
  ///   is not there.
  public init(
    _ directory: ModelDirectory,
    side: TextSide,
    device: Device = .cpu,
    dtype: DType = .float32,
    unigramEngine: UnigramEngine = .native
  ) throws {
    self.directory = directory
    self.side = side
    self.unigramEngine = unigramEngine
    tokenizer = try Tokenizer.open(
      directory: directory.encoder(for: side).tokenizerFolder,
      unigramEngine: unigramEngine
    )
    model = try TextModel(directory, side: side, device: device, dtype: dtype)
  }

  /// The length of the vectors.
  public var dimension: Int { model.dimension }

  /// Nothing is filled up: texts of one length are computed together.
  public var padsBatches: Bool { false }

  /// The token ids of texts behind the model's prompt, cut to the model's maximum.
  public func tokenize(_ texts: [[UInt8]], threads: Int) throws -> [[Int32]] {
    let description = model.description
    let prompt = Array((description.prompt ?? "").utf8)
    let prepared = texts.map { text -> [UInt8] in
      guard description.lowercasesText else { return prompt + text }
      return Array(String(decoding: prompt + text, as: UTF8.self).lowercased().utf8)
    }
    return try tokenizer.encodeBatch(
      bytes: prepared,
      maxLength: description.maxLength,
      threads: threads
    )
  }

  /// The vectors of tokenized texts.
  public func encode(_ batch: [[Int32]]) throws -> [Float] { try model.encode(TokenBatch(batch)) }

  /// All that the vectors depend on beside the texts, for a manifest: checksums of model and
  /// tokenizer, the side's lengths and prompts, and how it is computed.
  ///
  /// Reads all weights once.
  /// - Returns: names and values.
  /// - Throws: `FileError` where a file is missing or damaged.
  public func settings() throws -> [VectorSetManifest.Setting] {
    let description = model.description
    let tokenizer = try Checksum.of(
      filesNamed: Tokenizer.fileNames,
      in: description.tokenizerFolder
    )
    // A name of its own only where it is not the usual, so that folders stay as they were.
    let engine = unigramEngine == .native ? [] : [unigramEngine]
    return [
      .init("model", try directory.fingerprint(of: side)),
      .init("tokenizer", tokenizer),
      .init("side", side.rawValue),
      .init("maximum length", "\(description.maxLength)"),
      .init("prompt", description.prompt ?? ""),
      .init("lower case", "\(description.lowercasesText)"),
      .init("device", model.device.kind.rawValue),
      .init("computed in", model.dtype.rawValue),
    ] + engine.map { .init("unigram engine", $0.rawValue) }
  }
}
