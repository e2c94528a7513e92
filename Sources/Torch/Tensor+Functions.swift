internal import CTorchABI

/// Functions of each element.
extension Tensor {
  /// The forms of the GELU.
  public enum GELU: Sendable {
    /// x Φ(x), by the error function: BERT's.
    case exact
    /// Its approximation by tanh, "gelu_new": T5 v1.1's.
    case tanh
  }

  /// The Gaussian error linear unit (Hendrycks and Gimpel, arXiv:1606.08415).
  public func gelu(_ form: GELU = .exact) throws(TorchError) -> Tensor {
    try unsafe make("gelu") { unsafe $0.pointee.gelu(pointer, form == .tanh, $1) }
  }

  /// max(x, 0).
  public func relu() throws(TorchError) -> Tensor {
    try unsafe make("relu") { unsafe $0.pointee.relu(pointer, $1) }
  }

  /// The hyperbolic tangent.
  public func tanh() throws(TorchError) -> Tensor {
    try unsafe make("tanh") { unsafe $0.pointee.hyperbolic_tangent(pointer, $1) }
  }

  /// 1 / (1 + exp(-x)).
  public func sigmoid() throws(TorchError) -> Tensor {
    try unsafe make("sigmoid") { unsafe $0.pointee.sigmoid(pointer, $1) }
  }

  /// The exponential.
  public func exp() throws(TorchError) -> Tensor {
    try unsafe make("exp") { unsafe $0.pointee.exponential(pointer, $1) }
  }

  /// The natural logarithm.
  public func log() throws(TorchError) -> Tensor {
    try unsafe make("log") { unsafe $0.pointee.logarithm(pointer, $1) }
  }

  /// The square root.
  public func sqrt() throws(TorchError) -> Tensor {
    try unsafe make("sqrt") { unsafe $0.pointee.square_root(pointer, $1) }
  }

  /// 1 / sqrt(x).
  public func rsqrt() throws(TorchError) -> Tensor {
    try unsafe make("rsqrt") { unsafe $0.pointee.reciprocal_square_root(pointer, $1) }
  }

  /// The absolute value.
  public func abs() throws(TorchError) -> Tensor {
    try unsafe make("abs") { unsafe $0.pointee.absolute(pointer, $1) }
  }

  /// A power.
  public func pow(_ exponent: Double) throws(TorchError) -> Tensor {
    try unsafe make("pow") { unsafe $0.pointee.power_scalar(pointer, exponent, $1) }
  }

  /// Moves elements outside `low ... high` to the nearer bound; a bound that is `nil` does not bind.
  ///
  /// - Throws: ``TorchError`` where there is no bound.
  public func clamp(low: Double? = nil, high: Double? = nil) throws(TorchError) -> Tensor {
    try unsafe make("clamp") { table, out in
      unsafe withOptionalPointer(low) { low in
        unsafe withOptionalPointer(high) { high in
          unsafe table.pointee.clamp(pointer, low, high, out)
        }
      }
    }
  }

  /// Elements of `x` where the condition holds, of `y` elsewhere.
  public static func `where`(
    _ condition: Tensor,
    _ x: Tensor,
    _ y: Tensor
  ) throws(TorchError) -> Tensor {
    try unsafe condition.make("where", keeping: [x, y]) {
      unsafe $0.pointee.where(condition.pointer, x.pointer, y.pointer, $1)
    }
  }

  /// `value` where the mask is true.
  ///
  /// - Throws: ``TorchError`` where the mask is not ``DType/bool``.
  public func maskedFill(_ mask: Tensor, _ value: Double) throws(TorchError) -> Tensor {
    try unsafe make("maskedFill", keeping: [mask]) {
      unsafe $0.pointee.masked_fill(pointer, mask.pointer, value, $1)
    }
  }

  /// Zeroes elements with `probability` and scales the others by 1 / (1 - `probability`).
  ///
  /// Which ones is decided by ``RandomNumbers``.
  ///
  /// - Throws: ``TorchError`` where it is outside 0 ... 1.
  public func dropout(_ probability: Double) throws(TorchError) -> Tensor {
    try unsafe make("dropout") { unsafe $0.pointee.dropout(pointer, probability, $1) }
  }
}

private func withOptionalPointer<Result>(
  _ value: Double?,
  _ body: (UnsafePointer<Double>?) -> Result
) -> Result {
  guard let value else { return body(nil) }
  return unsafe withUnsafePointer(to: value) { unsafe body($0) }
}
