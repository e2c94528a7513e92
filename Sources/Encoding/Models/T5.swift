internal import Torch

/// The encoder of T5 (Raffel and others, 2020).
///
/// Norms stand before the layers, and attention knows positions by a learned number per head and
/// distance.
struct T5Encoder {
  /// `[vocabulary, hidden]`.
  let words: Tensor
  /// The numbers added to attention scores, shared by all layers: `[buckets, heads]`.
  let relativeBias: Tensor
  let buckets: RelativeBuckets
  let layers: [T5EncoderLayer]
  let norm: RMSNorm

  /// The states of all tokens, `[tokens, hidden]`.
  func callAsFunction(_ texts: PackedTexts, _ pass: Pass) throws -> Tensor {
    let bias = try positionBias(texts.longest).inType(pass.dtype)
    let embedded = try words.embedding(Tensor(texts.ids, device: words.device))
    let states = try layers.reduce(pass.dropout(embedded.inType(pass.dtype))) {
      try $1($0, texts.groups, bias, pass.dropout)
    }
    return try pass.dropout(norm(states))
  }

  /// The bias of texts up to a length: `[1, heads, length, length]`.
  private func positionBias(_ length: Int) throws -> Tensor {
    let table = try Tensor(buckets.table(length), device: words.device)
    return try relativeBias.embedding(table).reshape([1, length, length, -1])
      .permute([0, 3, 1, 2]).contiguous()
  }
}

/// A layer of the encoder: attention and a feed-forward network, each on a normalized input.
struct T5EncoderLayer {
  let attentionNorm: RMSNorm
  let attention: SelfAttention
  let feedForwardNorm: RMSNorm
  let feedForward: T5FeedForward

  func callAsFunction(
    _ states: Tensor,
    _ groups: [PackedTexts.Group],
    _ bias: Tensor,
    _ dropout: Dropout
  ) throws -> Tensor {
    let seen = try attention(attentionNorm(states), groups, dropout: dropout.attention) { length in
      // Distances do not depend on the length: shorter texts have a corner of the table.
      try bias.narrow(2, start: 0, length: length).narrow(3, start: 0, length: length)
    }
    let attended = try states + dropout(seen)
    return try attended + dropout(feedForward(feedForwardNorm(attended), dropout))
  }
}

/// The decoder of T5, for the first token that it would write.
///
/// Its state represents a text in OpenMatch, and in one variant of Sentence-T5 (Ni and others,
/// 2022).
struct T5Decoder {
  /// The vocabulary, `[vocabulary, hidden]`.
  let words: Tensor
  /// The token with which the decoder begins.
  let startToken: Int
  let layers: [T5DecoderLayer]
  let norm: RMSNorm

  /// One state per text, `[texts, hidden]`, from the encoder's states `[tokens, hidden]`.
  func callAsFunction(
    _ states: Tensor,
    _ groups: [PackedTexts.Group],
    _ pass: Pass
  ) throws -> Tensor {
    let texts = groups.reduce(0) { $0 + $1.count }
    let start = try words.narrow(0, start: startToken, length: 1).inType(pass.dtype)
    let first = try pass.dropout(start.expand([texts, start.shape[1]]))
    let state = try layers.reduce(first) { try $1($0, over: states, groups, pass.dropout) }
    return try pass.dropout(norm(state))
  }
}

/// A layer of the decoder at its first position.
struct T5DecoderLayer {
  let selfNorm: RMSNorm
  /// A position that sees only itself attends to itself with weight 1: what is left of attention
  /// are values and output.
  let values: Linear
  let selfOutput: Linear
  let crossNorm: RMSNorm
  let crossAttention: CrossAttention
  let heads: Int
  let feedForwardNorm: RMSNorm
  let feedForward: T5FeedForward

  func callAsFunction(
    _ state: Tensor,
    over states: Tensor,
    _ groups: [PackedTexts.Group],
    _ dropout: Dropout
  ) throws -> Tensor {
    let own = try state + dropout(selfOutput(seen(values(selfNorm(state)), dropout.attention)))
    let looked = try crossAttention(
      crossNorm(own),
      over: states,
      groups,
      dropout: dropout.attention
    )
    let crossed = try own + dropout(looked)
    return try crossed + dropout(feedForward(feedForwardNorm(crossed), dropout))
  }

  /// The values that the position sees of itself: all, or those of the heads whose only weight was
  /// not dropped.
  private func seen(_ values: Tensor, _ dropout: Double) throws -> Tensor {
    guard dropout > 0 else { return values }
    let texts = values.shape[0]
    let weights = try Tensor.ones([texts, heads, 1], dtype: values.dtype, device: values.device)
      .dropout(dropout)
    return try (values.reshape([texts, heads, -1]) * weights).reshape([texts, -1])
  }
}

/// The feed-forward network: ReLU in version 1.0, a GELU with a gate (Shazeer 2020) in 1.1.
struct T5FeedForward {
  /// `[intermediate, hidden]`.
  let input: Linear
  /// `[intermediate, hidden]`; `nil` in version 1.0.
  let gate: Linear?
  /// `[hidden, intermediate]`.
  let output: Linear

  func callAsFunction(_ states: Tensor, _ dropout: Dropout) throws -> Tensor {
    guard let gate else { return try output(dropout(input(states).relu())) }
    return try output(dropout(input(states).gelu(.tanh) * gate(states)))
  }
}
