internal import Torch

extension BERT {
  /// Reads the weights.
  ///
  /// - Throws: `FileError` for tensors that are missing or have other shapes; `TorchError`.
  init(_ configuration: BERTConfiguration, _ reader: WeightReader) throws {
    let read = try reader.below(anchor: "embeddings.word_embeddings.weight")
    let hidden = configuration.hidden
    let embeddings = read.below("embeddings")
    words = try embeddings.tensor("word_embeddings.weight", [configuration.vocabulary, hidden])
    positions = try embeddings.tensor(
      "position_embeddings.weight",
      [configuration.positions, hidden]
    )
    tokenTypes =
      configuration.tokenTypes == 0
      ? nil
      : try embeddings.tensor("token_type_embeddings.weight", [configuration.tokenTypes, hidden])
    norm = try embeddings.layerNorm("LayerNorm", hidden, configuration.epsilon)
    paddingToken = configuration.paddingToken
    let names = configuration.isDistilled ? LayerNames.distilBERT : .bert
    layers = try (0..<configuration.layers).map { index in
      try BERTLayer(configuration, names, read.below("\(names.layers).\(index)"))
    }
  }
}

extension BERTLayer {
  fileprivate init(
    _ configuration: BERTConfiguration,
    _ names: LayerNames,
    _ read: WeightReader
  ) throws {
    let hidden = configuration.hidden
    let intermediateSize = configuration.intermediate
    attention = SelfAttention(
      project: try read.linear(names.projections, hidden, hidden),
      output: try read.linear(names.attentionOutput, hidden, hidden),
      heads: configuration.heads,
      scale: nil
    )
    attentionNorm = try read.layerNorm(names.attentionNorm, hidden, configuration.epsilon)
    intermediate = try read.linear(names.intermediate, hidden, intermediateSize)
    activation = configuration.activation
    output = try read.linear(names.output, intermediateSize, hidden)
    outputNorm = try read.layerNorm(names.outputNorm, hidden, configuration.epsilon)
    dropsAttended = !configuration.isDistilled
  }
}

/// What Hugging Face calls the parts of a layer.
private struct LayerNames {
  let layers: String
  let projections: [String]
  let attentionOutput: String
  let attentionNorm: String
  let intermediate: String
  let output: String
  let outputNorm: String

  static let bert = LayerNames(
    layers: "encoder.layer",
    projections: ["query", "key", "value"].map { "attention.self." + $0 },
    attentionOutput: "attention.output.dense",
    attentionNorm: "attention.output.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    outputNorm: "output.LayerNorm"
  )

  static let distilBERT = LayerNames(
    layers: "transformer.layer",
    projections: ["q_lin", "k_lin", "v_lin"].map { "attention." + $0 },
    attentionOutput: "attention.out_lin",
    attentionNorm: "sa_layer_norm",
    intermediate: "ffn.lin1",
    output: "ffn.lin2",
    outputNorm: "output_layer_norm"
  )
}
