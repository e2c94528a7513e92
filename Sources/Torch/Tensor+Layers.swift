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
