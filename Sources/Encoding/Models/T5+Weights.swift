internal import Torch

extension T5Encoder {
  /// Reads the encoder's weights.
  ///
  /// - Throws: `FileError` for tensors that are missing or have other shapes; `TorchError`.
  init(_ configuration: T5Configuration, _ read: WeightReader) throws {
    let encoder = read.below("encoder")
    let hidden = configuration.hidden
    words = try read.words(configuration)
    buckets = RelativeBuckets(count: configuration.buckets, farthest: configuration.farthest)
    relativeBias = try encoder.tensor(
      "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
      [configuration.buckets, configuration.heads]
    )
    layers = try (0..<configuration.layers).map { index in
      let block = encoder.below("block.\(index).layer")
      let attention = block.below("0.SelfAttention")
      return T5EncoderLayer(
        attentionNorm: try block.rmsNorm("0.layer_norm", hidden, configuration.epsilon),
        attention: SelfAttention(
          project: try attention.linear(["q", "k", "v"], hidden, configuration.inner, bias: false),
          output: try attention.linear("o", configuration.inner, hidden, bias: false),
          heads: configuration.heads,
          scale: 1
        ),
        feedForwardNorm: try block.rmsNorm("1.layer_norm", hidden, configuration.epsilon),
        feedForward: try T5FeedForward(configuration, block.below("1.DenseReluDense"))
      )
    }
    norm = try encoder.rmsNorm("final_layer_norm", hidden, configuration.epsilon)
  }
}

extension T5Decoder {
  /// Reads the decoder's weights.
  ///
  /// - Parameters:
  ///   - configuration: the sizes.
  ///   - read: reads the tensors.
  ///   - words: the vocabulary, which it shares with the encoder.
  /// - Throws: `FileError` for tensors that are missing or have other shapes; `TorchError`.
  init(_ configuration: T5Configuration, _ read: WeightReader, words: Tensor) throws {
    let decoder = read.below("decoder")
    self.words = words
    startToken = configuration.startToken
    layers = try (0..<configuration.decoderLayers).map { index in
      try T5DecoderLayer(configuration, decoder.below("block.\(index).layer"))
    }
    norm = try decoder.rmsNorm(
      "final_layer_norm",
      configuration.hidden,
      configuration.epsilon
    )
  }
}

extension T5DecoderLayer {
  fileprivate init(_ configuration: T5Configuration, _ read: WeightReader) throws {
    let hidden = configuration.hidden
    let inner = configuration.inner
    let cross = read.below("1.EncDecAttention")
    selfNorm = try read.rmsNorm("0.layer_norm", hidden, configuration.epsilon)
    values = try read.linear("0.SelfAttention.v", hidden, inner, bias: false)
    selfOutput = try read.linear("0.SelfAttention.o", inner, hidden, bias: false)
    crossNorm = try read.rmsNorm("1.layer_norm", hidden, configuration.epsilon)
    crossAttention = CrossAttention(
      query: try cross.linear("q", hidden, inner, bias: false),
      project: try cross.linear(["k", "v"], hidden, inner, bias: false),
      output: try cross.linear("o", inner, hidden, bias: false),
      heads: configuration.heads,
      scale: 1
    )
    heads = configuration.heads
    feedForwardNorm = try read.rmsNorm("2.layer_norm", hidden, configuration.epsilon)
    feedForward = try T5FeedForward(configuration, read.below("2.DenseReluDense"))
  }
}

extension T5FeedForward {
  fileprivate init(_ configuration: T5Configuration, _ read: WeightReader) throws {
    let hidden = configuration.hidden
    let intermediate = configuration.intermediate
    switch configuration.feedForward {
    case .relu:
      input = try read.linear("wi", hidden, intermediate, bias: false)
      gate = nil
    case .gatedGELU:
      input = try read.linear("wi_0", hidden, intermediate, bias: false)
      gate = try read.linear("wi_1", hidden, intermediate, bias: false)
    }
    output = try read.linear("wo", intermediate, hidden, bias: false)
  }
}

extension WeightReader {
  /// Reads T5's weights under whatever names they stand.
  func t5() throws -> WeightReader { try below(anchor: "encoder.final_layer_norm.weight") }

  /// The vocabulary, which encoder and decoder share and some files hold as the encoder's own.
  fileprivate func words(_ configuration: T5Configuration) throws -> Tensor {
    let own = "encoder.embed_tokens.weight"
    let isShared = weights.contains(prefix + "shared.weight") || !weights.contains(prefix + own)
    return try tensor(
      isShared ? "shared.weight" : own,
      [configuration.vocabulary, configuration.hidden]
    )
  }
}
