internal import Torch

/// The encoder of BERT (Devlin and others, 2019).
///
/// RoBERTa and DistilBERT share it up to names and the numbering of positions.
struct BERT {
  /// `[vocabulary, hidden]`.
  let words: Tensor
  /// `[positions, hidden]`.
  let positions: Tensor
  /// `[tokenTypes, hidden]`; DistilBERT has none.
  let tokenTypes: Tensor?
  let norm: LayerNorm
  let layers: [BERTLayer]
  /// RoBERTa's padding token: see ``positionIDs(of:)``.
  let paddingToken: Int?

  /// The states of all tokens, `[tokens, hidden]`.
  func callAsFunction(_ texts: PackedTexts, _ pass: Pass) throws -> Tensor {
    let device = words.device
    var embedded =
      try words.embedding(Tensor(texts.ids, device: device))
      + positions.embedding(Tensor(positionIDs(of: texts), device: device))
    // Every text is a first segment.
    if let tokenTypes { embedded = try embedded + tokenTypes.select(0, 0) }
    let states = try pass.dropout(norm(embedded).inType(pass.dtype))
    return try layers.reduce(states) { try $1($0, texts.groups, pass.dropout) }
  }

  /// The row of the table of positions for each token, counted from 0 in each text.
  ///
  /// RoBERTa begins behind its padding token's number, and leaves padding tokens that stand in a
  /// text at that number.
  func positionIDs(of texts: PackedTexts) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(texts.ids.count)
    for group in texts.groups {
      for start in stride(from: group.rows.lowerBound, to: group.rows.upperBound, by: group.length)
      {
        guard let paddingToken else {
          ids.append(contentsOf: 0..<Int32(group.length))
          continue
        }
        let padding = Int32(paddingToken)
        var next = padding
        for id in texts.ids[start..<start + group.length] {
          if id != padding { next += 1 }
          ids.append(id == padding ? padding : next)
        }
      }
    }
    return ids
  }
}

/// A layer: attention and a feed-forward network, each added to its input and normalized.
struct BERTLayer {
  let attention: SelfAttention
  let attentionNorm: LayerNorm
  /// `[intermediate, hidden]`.
  let intermediate: Linear
  let activation: Activation
  /// `[hidden, intermediate]`.
  let output: Linear
  let outputNorm: LayerNorm
  /// DistilBERT does not drop what attention puts out.
  let dropsAttended: Bool

  func callAsFunction(
    _ states: Tensor,
    _ groups: [PackedTexts.Group],
    _ dropout: Dropout
  ) throws -> Tensor {
    let seen = try attention(states, groups, dropout: dropout.attention)
    let attended = try attentionNorm(states + (dropsAttended ? dropout(seen) : seen))
    return try outputNorm(attended + dropout(output(activation(intermediate(attended)))))
  }
}
