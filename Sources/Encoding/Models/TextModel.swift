public import Torch
internal import VectorCore

/// A model that turns the tokens of texts into vectors.
///
/// Several threads may encode at once, though libtorch has threads of its own. Only training changes
/// a model, through its ``parameters``.
public final class TextModel: Sendable {
  /// What the model's folder says.
  public let description: EncoderDescription
  /// Where it computes.
  public let device: Device
  /// The type in which it computes; vectors are single precision.
  public let dtype: DType
  /// What training changes, in single precision; empty unless the model was read for training.
  public let parameters: [Parameter]
  private let transformer: Transformer
  private let pooler: Pooler

  /// The tokens computed at once on the host: their states stay in the processor's caches.
  private static let hostTokens = 1024
  /// The tokens computed at once on a GPU: enough to fill it.
  private static let deviceTokens = 1 << 16

  /// Reads the weights of one of a folder's encoders.
  ///
  /// - Parameters:
  ///   - directory: the folder.
  ///   - side: whose encoder.
  ///   - device: where to compute.
  ///   - dtype: the type in which to compute; half types are for GPUs.
  ///   - forTraining: whether the weights are to be ``parameters``: copies in single precision,
  ///     whatever the type in which is computed.
  /// - Throws: `FileError` where weights are missing, damaged, or have other shapes than the
  ///   configuration says; `TorchError`.
  public init(
    _ directory: ModelDirectory,
    side: TextSide = .passage,
    device: Device = .cpu,
    dtype: DType = .float32,
    forTraining: Bool = false
  ) throws {
    let description = directory.encoder(for: side)
    self.description = description
    self.device = device
    self.dtype = dtype
    let list = forTraining ? ParameterList() : nil
    let reader = WeightReader(
      try Weights.open(folder: description.folder),
      dtype: forTraining ? .float32 : dtype,
      device: device,
      parameters: list
    )
    transformer = try Transformer(description, reader)
    pooler = Pooler(
      pooling: description.pooling,
      heads: try description.heads.map { try Head($0, device: device, parameters: list) },
      normalize: description.normalize
    )
    parameters = list?.parameters ?? []
  }

  /// The length of the vectors.
  public var dimension: Int { description.dimension }

  /// The most tokens of a text, special ones included.
  public var maxLength: Int { description.maxLength }

  /// Encodes texts.
  ///
  /// Nothing is padded: texts of one length are computed together. A batch is fastest where many
  /// texts share few lengths, as in batches sorted by length.
  ///
  /// - Parameter batch: token ids with special tokens, no text longer than ``maxLength``.
  /// - Returns: the vectors, `[count, dimension]` row by row, in the order of the batch.
  /// - Throws: ``EncodingError`` for empty and too long texts, ids outside of the vocabulary, and
  ///   vectors that are not finite; `TorchError`.
  public func encode(_ batch: TokenBatch) throws -> [Float] {
    try check(batch)
    let limit = device == .cpu ? Self.hostTokens : Self.deviceTokens
    var result = [Float](repeating: 0, count: batch.count * dimension)
    for pack in PackedTexts.packs(of: batch, tokens: limit) {
      let rows: [Float] = try withInference {
        try vectors(of: pack, Pass(dtype: dtype)).array()
      }
      for (row, text) in pack.texts.enumerated() {
        let vector = rows[row * dimension..<(row + 1) * dimension]
        guard vector.allSatisfy(\.isFinite) else { throw EncodingError.notFinite(text: text) }
        result.replaceSubrange(text * dimension..<(text + 1) * dimension, with: vector)
      }
    }
    return result
  }

  /// Encodes texts so that the way to their vectors is recorded for gradients.
  ///
  /// - Parameters:
  ///   - batch: token ids with special tokens, no text longer than ``maxLength``; at least one text.
  ///   - drops: whether values are dropped as the model's configuration says (Srivastava and others,
  ///     2014), from the state of the device's generator.
  /// - Returns: the vectors, `[count, dimension]` in single precision, in the order of the batch.
  /// - Throws: ``EncodingError`` for empty and too long texts, and ids outside of the vocabulary;
  ///   `TorchError`.
  public func vectors(of batch: TokenBatch, drops: Bool) throws -> Tensor {
    try check(batch)
    let dropout = drops ? description.backbone.dropout : .none
    let limit = device == .cpu ? Self.hostTokens : Self.deviceTokens
    let packs = PackedTexts.packs(of: batch, tokens: limit)
    let rows = try packs.map { try vectors(of: $0, Pass(dtype: dtype, dropout: dropout)) }
    var places = [Int64](repeating: 0, count: batch.count)
    for (row, text) in packs.lazy.flatMap(\.texts).enumerated() { places[text] = Int64(row) }
    return try Tensor.joined(rows).indexSelect(0, Tensor(places, device: device))
  }

  /// The vectors of packed texts in the order of the pack, `[texts, dimension]`.
  private func vectors(of texts: PackedTexts, _ pass: Pass) throws -> Tensor {
    try pooler(transformer(texts, pass), texts.groups)
  }

  private func check(_ batch: TokenBatch) throws(EncodingError) {
    var start = 0
    for (text, length) in batch.lengths.enumerated() {
      guard length > 0 else { throw .emptyText(text: text) }
      guard length <= maxLength else {
        throw .tooLong(text: text, tokens: length, limit: maxLength)
      }
      let vocabulary = description.vocabularyCount
      for id in batch.ids[start..<start + length] where id < 0 || Int(id) >= vocabulary {
        throw .unknownToken(text: text, id: id, vocabulary: vocabulary)
      }
      start += length
    }
  }
}

/// The layers that turn tokens into states.
private enum Transformer {
  case bert(BERT)
  case t5Encoder(T5Encoder)
  case t5(T5Encoder, T5Decoder)

  init(_ description: EncoderDescription, _ reader: WeightReader) throws {
    switch description.backbone.layers {
    case .bert(let configuration):
      self = .bert(try BERT(configuration, reader))
    case .t5(let configuration):
      let read = try reader.t5()
      let encoder = try T5Encoder(configuration, read)
      self =
        description.pooling == nil
        ? .t5(encoder, try T5Decoder(configuration, read, words: encoder.words))
        : .t5Encoder(encoder)
    }
  }

  /// `[tokens, hidden]`, or `[texts, hidden]` from a decoder.
  func callAsFunction(_ texts: PackedTexts, _ pass: Pass) throws -> Tensor {
    switch self {
    case .bert(let bert): try bert(texts, pass)
    case .t5Encoder(let encoder): try encoder(texts, pass)
    case .t5(let encoder, let decoder): try decoder(encoder(texts, pass), texts.groups, pass)
    }
  }
}
