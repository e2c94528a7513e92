internal import Torch

/// Multi-head attention of texts to themselves (Vaswani and others, 2017).
struct SelfAttention {
  /// Queries, keys and values in one product: `[3 * inner, hidden]`.
  let project: Linear
  /// From all heads back to the state: `[hidden, inner]`.
  let output: Linear
  let heads: Int
  /// The factor before the softmax; `nil` for 1/√size.
  let scale: Double?

  /// Attends.
  ///
  /// - Parameters:
  ///   - states: `[tokens, hidden]`.
  ///   - groups: which tokens make up texts.
  ///   - dropout: the probability with which a weight is dropped.
  ///   - bias: what is added to the scores of texts of a length: `[1, heads, length, length]`.
  /// - Returns: `[tokens, hidden]`.
  /// - Throws: `TorchError`.
  func callAsFunction(
    _ states: Tensor,
    _ groups: [PackedTexts.Group],
    dropout: Double,
    bias: ((_ length: Int) throws -> Tensor?)? = nil
  ) throws -> Tensor {
    let projected = try project(states)
    if bias == nil, projected.fitsPackedAttention(heads: heads) {
      let lengths = groups.flatMap { repeatElement($0.length, count: $0.count) }
      return try output(
        projected.packedAttention(lengths: lengths, heads: heads, scale: scale, dropout: dropout)
      )
    }
    let attended = try groups.map { group in
      let parts = try projected.blocks(of: group, parts: 3, heads: heads)
      return try parts[0]
        .attention(
          parts[1],
          parts[2],
          mask: bias?(group.length),
          scale: scale,
          dropout: dropout
        )
        .rows()
    }
    return try output(Tensor.joined(attended))
  }
}

/// Multi-head attention of one state per text to the states of all its tokens.
struct CrossAttention {
  /// `[inner, hidden]`.
  let query: Linear
  /// Keys and values in one product: `[2 * inner, hidden]`.
  let project: Linear
  /// `[hidden, inner]`.
  let output: Linear
  let heads: Int
  let scale: Double?

  /// Attends.
  ///
  /// - Parameters:
  ///   - state: one row per text, `[texts, hidden]`.
  ///   - states: one row per token, `[tokens, hidden]`.
  ///   - groups: which tokens make up texts.
  ///   - dropout: the probability with which a weight is dropped.
  /// - Returns: `[texts, hidden]`.
  /// - Throws: `TorchError`.
  func callAsFunction(
    _ state: Tensor,
    over states: Tensor,
    _ groups: [PackedTexts.Group],
    dropout: Double
  ) throws -> Tensor {
    let queries = try query(state)
    let projected = try project(states)
    var attended: [Tensor] = []
    var text = 0
    for group in groups {
      let parts = try projected.blocks(of: group, parts: 2, heads: heads)
      let asked = try queries.narrow(0, start: text, length: group.count)
        .reshape([group.count, 1, heads, -1]).transpose(1, 2)
      attended.append(
        try asked.attention(parts[0], parts[1], scale: scale, dropout: dropout).rows()
      )
      text += group.count
    }
    return try output(Tensor.joined(attended))
  }
}

extension Tensor {
  /// Rows of several projections side by side, `[tokens, parts * heads * size]`, as one block per
  /// projection: `[texts, heads, length, size]`, views without a copy.
  fileprivate func blocks(
    of group: PackedTexts.Group,
    parts: Int,
    heads: Int
  ) throws -> [Tensor] {
    let block = try narrow(0, start: group.rows.lowerBound, length: group.rows.count)
      .reshape([group.count, group.length, parts, heads, -1])
      .permute([2, 0, 3, 1, 4])
    return try (0..<parts).map { try block.select(0, $0) }
  }

  /// A block `[texts, heads, length, size]` as rows `[texts * length, heads * size]`.
  fileprivate func rows() throws -> Tensor {
    try transpose(1, 2).reshape([shape[0] * shape[2], shape[1] * shape[3]])
  }

  /// Rows of several tensors, one below the other.
  static func joined(_ parts: [Tensor]) throws -> Tensor {
    parts.count == 1 ? parts[0] : try cat(parts)
  }
}
