internal import CTorchABI

/// The layers of transformers.
extension Tensor {
  /// The product of matrices, `[…, m, k]` and `[…, k, n]`; leading dimensions are broadcast.
  public func matmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try unsafe combined("matmul", other) { unsafe $0.pointee.matmul($1, $2, $3) }
  }

  /// `beta` times this plus `alpha` times the product of two matrices.
  public func addmm(
    _ x: Tensor,
    _ y: Tensor,
    beta: Double = 1,
    alpha: Double = 1
  ) throws(TorchError) -> Tensor {
    try unsafe make("addmm", keeping: [x, y]) {
      unsafe $0.pointee.addmm(pointer, x.pointer, y.pointer, beta, alpha, $1)
    }
  }

  /// A linear layer: x Wᵀ + b.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`, where this is `[…, inputs]`.
  ///   - bias: `[outputs]`.
  /// - Returns: `[…, outputs]`.
  /// - Throws: ``TorchError`` where the shapes do not agree.
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) throws(TorchError) -> Tensor {
    try unsafe make("linear", keeping: [weight, bias]) {
      unsafe $0.pointee.linear(pointer, weight.pointer, bias?.pointer, $1)
    }
  }

  /// The rows of this table, `[rows, dimension]`, that the ids choose.
  ///
  /// - Parameter ids: integers of any shape.
  /// - Returns: the shape of the ids, and the dimension.
  /// - Throws: ``TorchError`` where an id is not there.
  public func embedding(_ ids: Tensor) throws(TorchError) -> Tensor {
    try unsafe make("embedding", keeping: [ids]) {
      unsafe $0.pointee.embedding(pointer, ids.pointer, $1)
    }
  }

  /// Layer normalization (Ba, Kiros and Hinton, arXiv:1607.06450) over the trailing dimensions that
  /// the weight has.
  public func layerNorm(
    _ weight: Tensor,
    _ bias: Tensor? = nil,
    epsilon: Double
  ) throws(TorchError) -> Tensor {
    try unsafe make("layerNorm", keeping: [weight, bias]) {
      unsafe $0.pointee.layer_norm(pointer, weight.pointer, bias?.pointer, epsilon, $1)
    }
  }

  /// Root-mean-square normalization (Zhang and Sennrich, arXiv:1910.07467) over the last dimension,
  /// T5's: computed in ``DType/float32`` at least, multiplied by the weight in the type of this.
  public func rmsNorm(_ weight: Tensor, epsilon: Double) throws(TorchError) -> Tensor {
    try unsafe make("rmsNorm", keeping: [weight]) {
      unsafe $0.pointee.rms_norm(pointer, weight.pointer, epsilon, $1)
    }
  }

  /// Scaled dot-product attention (Vaswani et al., arXiv:1706.03762): softmax(s q kᵀ + mask) v.
  ///
  /// - Parameters:
  ///   - keys: `[…, heads, keys, size]`, where this, the queries, is `[…, heads, queries, size]`.
  ///   - values: `[…, heads, keys, size]`.
  ///   - mask: broadcast to `[…, heads, queries, keys]`: true where a key may be seen, or numbers
  ///     to add, of the type of this. A query that may see no key has no defined result.
  ///   - scale: s; `nil` for 1 / sqrt(size). T5 has 1.
  ///   - dropout: the probability with which a weight is zeroed.
  /// - Returns: `[…, heads, queries, size]`.
  /// - Throws: ``TorchError`` where the shapes do not agree.
  public func attention(
    _ keys: Tensor,
    _ values: Tensor,
    mask: Tensor? = nil,
    scale: Double? = nil,
    dropout: Double = 0
  ) throws(TorchError) -> Tensor {
    let size = try size(-1, "attention")
    let scale = scale ?? 1 / Double(Swift.max(size, 1)).squareRoot()
    return try unsafe make("attention", keeping: [keys, values, mask]) {
      unsafe $0.pointee.attention(
        pointer,
        keys.pointer,
        values.pointer,
        mask?.pointer,
        scale,
        dropout,
        $1
      )
    }
  }

  /// Whether ``packedAttention(lengths:heads:scale:dropout:)`` takes such projections.
  ///
  /// - Parameter heads: at least 1.
  public func fitsPackedAttention(heads: Int) -> Bool {
    device.kind == .cpu && dtype == .float32 && shape.count == 2 && shape[1] > 0
      && shape[1].isMultiple(of: 3 * 16 * heads)
  }

  /// Scaled dot-product attention of texts to themselves, whose projections stand in rows, on the CPU.
  ///
  /// All heads of all texts are computed at once, each in the nearest cache. What is dropped depends on
  /// the generator's seed, and on neither the threads nor the processor.
  ///
  /// - Parameters:
  ///   - lengths: the numbers of tokens of the texts, each at least 1, in the order of their rows.
  ///   - heads: at least 1.
  ///   - scale: what scores are multiplied by, above 0; `nil` for 1 / sqrt(size).
  ///   - dropout: the probability with which a weight is zeroed, below 1.
  /// - Returns: `[tokens, heads * size]`, where this is `[tokens, 3 * heads * size]`: the queries of all
  ///   heads, then the keys, then the values.
  /// - Throws: ``TorchError`` where ``fitsPackedAttention(heads:)`` is false, or the texts have not as
  ///   many tokens as there are rows.
  /// - Complexity: O(heads · size · Σ length²) time; the gradient keeps nothing but the projections.
  public func packedAttention(
    lengths: [Int],
    heads: Int,
    scale: Double? = nil,
    dropout: Double = 0
  ) throws(TorchError) -> Tensor {
    let size = try size(-1, "packedAttention") / (3 * Swift.max(heads, 1))
    let scale = scale ?? 1 / Double(Swift.max(size, 1)).squareRoot()
    return try unsafe make("packedAttention") { table, out in
      unsafe withSizes(lengths) {
        unsafe table.pointee.packed_attention(pointer, $0, Int64(heads), scale, dropout, out)
      }
    }
  }

  /// What to do with the losses of rows.
  public enum Reduction: Sendable {
    /// One loss per row.
    case each
    /// Their mean.
    case mean
    /// Their sum.
    case sum

    var c: ctorch_reduction {
      switch self {
      case .each: CTORCH_EACH
      case .mean: CTORCH_MEAN
      case .sum: CTORCH_SUM
      }
    }
  }

  /// The cross entropy of rows of logits, `[n, classes]`: -log softmax(x)[target].
  ///
  /// - Parameters:
  ///   - targets: class numbers, `[n]`.
  ///   - ignored: a target whose row does not count.
  ///   - reduction: what to do with the losses.
  /// - Returns: one loss, or `[n]`, with 0 for ignored rows.
  /// - Throws: ``TorchError`` where a target is no class.
  public func crossEntropy(
    _ targets: Tensor,
    ignoring ignored: Int = -100,
    reduction: Reduction = .mean
  ) throws(TorchError) -> Tensor {
    try unsafe make("crossEntropy", keeping: [targets]) {
      unsafe $0.pointee.cross_entropy(
        pointer,
        targets.pointer,
        Int64(ignored),
        reduction.c,
        $1
      )
    }
  }
}
