internal import VectorCore

/// The sizes of a model of BERT's family, from `config.json`.
///
/// BERT: Devlin and others 2019; RoBERTa: Liu and others 2019; DistilBERT: Sanh and others 2019.
struct BERTConfiguration: Sendable, Equatable {
  /// The number of tokens in the vocabulary.
  let vocabulary: Int
  /// The size of a token's state.
  let hidden: Int
  let layers: Int
  let heads: Int
  /// The size between the two matrices of a feed-forward layer.
  let intermediate: Int
  /// The rows of the table of positions.
  let positions: Int
  /// The rows of the table of token types; 0 where there is none.
  let tokenTypes: Int
  let epsilon: Double
  let activation: Activation
  /// RoBERTa's padding token, behind whose row the positions of tokens begin; `nil` elsewhere.
  let paddingToken: Int?
  let dropout: Dropout
  /// Whether the tensors have DistilBERT's names.
  let isDistilled: Bool

  /// The most tokens that the positions allow.
  var longestText: Int { positions - (paddingToken.map { $0 + 1 } ?? 0) }

  /// Takes the sizes out of `config.json`.
  ///
  /// - Throws: ``FileError`` that names the key which is missing or not supported.
  init(_ values: JSONNode) throws(FileError) {
    let type = try values.required("model_type").text()
    isDistilled = type == "distilbert"
    vocabulary = try values.integer("vocab_size")
    hidden = try values.integer("hidden_size", "dim", in: 1...1 << 16)
    layers = try values.integer("num_hidden_layers", "n_layers", in: 1...1 << 10)
    heads = try values.integer("num_attention_heads", "n_heads", in: 1...1 << 10)
    intermediate = try values.integer("intermediate_size", "hidden_dim", in: 1...1 << 18)
    positions = try values.integer("max_position_embeddings")
    tokenTypes =
      isDistilled ? 0 : try values.integer("type_vocab_size", in: 0...1 << 10, standard: 2)
    epsilon = try values.positive("layer_norm_eps", standard: 1e-12)
    activation = try values.name("hidden_act", "activation", as: Activation.self, standard: .gelu)
    dropout = Dropout(
      hidden: try values.probability("hidden_dropout_prob", "dropout", standard: 0.1),
      attention: try values.probability(
        "attention_probs_dropout_prob",
        "attention_dropout",
        standard: 0.1
      )
    )
    let hasOffset = type == "roberta" || type == "xlm-roberta"
    paddingToken =
      hasOffset ? try values.integer("pad_token_id", in: 0...1 << 24, standard: 1) : nil
    guard hidden.isMultiple(of: heads) else {
      throw values.refused("num_attention_heads", "\(heads) heads do not divide \(hidden)")
    }
    guard longestText > 0 else {
      throw values.refused("max_position_embeddings", "\(positions) leave no position for a token")
    }
    let kind = try values["position_embedding_type"]?.text()
    guard kind == nil || kind == "absolute" else {
      throw values.refused("position_embedding_type", "only absolute positions are supported")
    }
  }
}
