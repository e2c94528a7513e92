internal import VectorCore

/// What `needle model info` says about one encoder of a model.
public struct EncoderSummary: Sendable {
  /// The kind of transformer by its name in `config.json`.
  public let type: String
  /// The transformer's layers; a T5's decoder has some of its own.
  public let layers: Int
  /// The decoder's layers; `nil` where no decoder takes part.
  public let decoderLayers: Int?
  /// The size of a token's state.
  public let hidden: Int
  /// The attention heads of a layer.
  public let attentionHeads: Int
  /// The size between the matrices of a feed-forward layer.
  public let intermediate: Int
  /// The sizes of the linear layers behind the pooling, each inputs and outputs.
  public let linearLayers: [(inputs: Int, outputs: Int)]
  /// The numbers in the transformer and the linear layers, as far as they are stored.
  public let parameterCount: Int
  /// How many of them a vector depends on, which is what training changes.
  public let trainableCount: Int
  /// Whether a T5's weights are scaled for half precision: see ``T5Scaling``.
  public let isScaled: Bool
  /// A checksum of weights and settings: see ``ModelDirectory/fingerprint(of:)``.
  public let fingerprint: String

  /// Counts an encoder's weights, which are read once.
  ///
  /// - Parameters:
  ///   - directory: the model's folder.
  ///   - side: whose encoder.
  /// - Throws: ``FileError`` where a file is missing or damaged.
  public init(_ directory: ModelDirectory, side: TextSide) throws {
    let encoder = directory.encoder(for: side)
    type = encoder.modelType
    hidden = encoder.backbone.hidden
    switch encoder.backbone.layers {
    case .bert(let configuration):
      layers = configuration.layers
      decoderLayers = nil
      attentionHeads = configuration.heads
      intermediate = configuration.intermediate
    case .t5(let configuration):
      layers = configuration.layers
      decoderLayers = encoder.pooling == nil ? configuration.decoderLayers : nil
      attentionHeads = configuration.heads
      intermediate = configuration.intermediate
    }
    linearLayers = encoder.heads.map { ($0.inputs, $0.outputs) }
    let tensors = try TransformerWriter(encoder: encoder, changes: WeightChanges()).tensors()
    let behind = encoder.heads.reduce(0) { count, head in
      count + head.inputs * head.outputs + (head.hasBias ? head.outputs : 0)
    }
    func count(where isCounted: (String) -> Bool) -> Int {
      tensors.reduce(behind) { sum, tensor in
        sum + (isCounted(tensor.key) ? tensor.value.shape.reduce(1, *) : 0)
      }
    }
    parameterCount = count { _ in true }
    trainableCount = count(where: Self.isUsed)
    isScaled = try T5Scaling.isScaled(encoder)
    fingerprint = try directory.fingerprint(of: side)
  }

  /// Whether a vector depends on a tensor of the bare model.
  private static func isUsed(_ name: String) -> Bool {
    // BERT's own pooler is a layer for classifying.
    guard !name.hasPrefix("pooler.") else { return false }
    // A T5's decoder makes one step, whose only token attends to itself, however near it finds it.
    let unused = [".SelfAttention.q.", ".SelfAttention.k.", ".relative_attention_bias."]
    return !name.hasPrefix("decoder.") || !unused.contains { name.contains($0) }
  }
}
