internal import CTorchABI

/// Changes in place, for weights, gradients and the moments of optimizers.
///
/// While one of these runs, no other thread may use the tensor or a view of it. Each throws
/// ``TorchError`` where shapes or types do not fit, where the memory is borrowed
/// (``Tensor/init(sharing:at:dtype:shape:)``), and where the change would falsify a record for
/// gradients: weights are changed in ``withoutGradients(_:)``.
extension Tensor {
  /// x ← y.
  public func assign(_ other: Tensor) throws(TorchError) {
    try unsafe run("assign", keeping: [other]) {
      unsafe $0.pointee.assign(pointer, other.pointer)
    }
  }

  /// x ← value.
  public func fill(_ value: Double) throws(TorchError) {
    try unsafe run("fill") { unsafe $0.pointee.fill(pointer, value) }
  }

  /// x ← x + scale · y.
  public func accumulate(_ other: Tensor, scale: Double = 1) throws(TorchError) {
    try unsafe run("accumulate", keeping: [other]) {
      unsafe $0.pointee.accumulate(pointer, other.pointer, scale)
    }
  }

  /// x ← value · x.
  public func scale(by value: Double) throws(TorchError) {
    try unsafe run("scale") { unsafe $0.pointee.scale(pointer, value) }
  }

  /// x ← x · y, element by element.
  public func multiply(by other: Tensor) throws(TorchError) {
    try unsafe run("multiply", keeping: [other]) {
      unsafe $0.pointee.multiply_by(pointer, other.pointer)
    }
  }

  /// x ← x + scale · a · b, element by element.
  public func accumulate(product a: Tensor, _ b: Tensor, scale: Double = 1) throws(TorchError) {
    try unsafe run("accumulate", keeping: [a, b]) {
      unsafe $0.pointee.accumulate_product(pointer, a.pointer, b.pointer, scale)
    }
  }

  /// x ← x + scale · a / b, element by element.
  public func accumulate(quotient a: Tensor, _ b: Tensor, scale: Double = 1) throws(TorchError) {
    try unsafe run("accumulate", keeping: [a, b]) {
      unsafe $0.pointee.accumulate_quotient(pointer, a.pointer, b.pointer, scale)
    }
  }
}
