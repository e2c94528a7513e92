internal import VectorCore

/// The sizes of a T5 model, from `config.json`.
///
/// Version 1.0 (Raffel and others 2020) has ReLU in its feed-forward layers, version 1.1 and mT5 a GELU
/// with a gate (Shazeer 2020).
struct T5Configuration: Sendable, Equatable {
  /// The functions of the feed-forward layer.
  enum FeedForward: String, Sendable, CaseIterable {
    case relu
    case gatedGELU = "gated-gelu"
  }

  /// The number of tokens in the vocabulary.
  let vocabulary: Int
  /// The size of a token's state.
  let hidden: Int
  let layers: Int
  let decoderLayers: Int
  let heads: Int
  /// The size of one head, which heads and hidden size do not determine.
  let headSize: Int
  /// The size between the matrices of a feed-forward layer.
  let intermediate: Int
  let feedForward: FeedForward
  let epsilon: Double
  /// The rows of the table of relative positions.
  let buckets: Int
  /// The distance from which on all tokens share a bucket.
  let farthest: Int
  let dropout: Dropout
  /// The token with which the decoder begins.
  let startToken: Int
  /// Whether the model has no decoder, by the class that `config.json` names.
  let isEncoderOnly: Bool

  /// The size of all heads.
  var inner: Int { heads * headSize }

  /// Takes the sizes out of `config.json`.
  ///
  /// - Throws: ``FileError`` that names the key which is missing or not supported.
  init(_ values: JSONNode) throws(FileError) {
    vocabulary = try values.integer("vocab_size")
    hidden = try values.integer("d_model", in: 1...1 << 16)
    layers = try values.integer("num_layers", in: 1...1 << 10)
    decoderLayers = try values.integer("num_decoder_layers", in: 1...1 << 10, standard: layers)
    heads = try values.integer("num_heads", in: 1...1 << 10)
    headSize = try values.integer("d_kv", in: 1...1 << 12)
    intermediate = try values.integer("d_ff", in: 1...1 << 18)
    feedForward = try values.name("feed_forward_proj", as: FeedForward.self, standard: .relu)
    epsilon = try values.positive("layer_norm_epsilon", standard: 1e-6)
    let rate = try values.probability("dropout_rate", standard: 0.1)
    dropout = Dropout(hidden: rate, attention: rate)
    // Half of the buckets for each direction, and half of these for single distances.
    buckets = try values.integer(
      "relative_attention_num_buckets",
      in: 4...1 << 16,
      standard: 32
    )
    farthest = try values.integer(
      "relative_attention_max_distance",
      in: buckets / 4 + 1...1 << 24,
      standard: max(128, buckets / 4 + 1)
    )
    startToken = try values.integer(
      "decoder_start_token_id",
      in: 0...vocabulary - 1,
      standard: 0
    )
    let classes = try values["architectures"]?.elements().map { (name) throws(FileError) in
      try name.text()
    }
    isEncoderOnly = classes?.contains { $0.contains("Encoder") } ?? false
  }
}
