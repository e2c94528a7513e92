internal import CTorchABI

/// Arithmetic element by element. Shapes are broadcast, types promoted, as libtorch does.
extension Tensor {
  /// The sums.
  public static func + (x: Tensor, y: Tensor) throws(TorchError) -> Tensor {
    try unsafe x.combined("add", y) { unsafe $0.pointee.add($1, $2, $3) }
  }

  /// The differences.
  public static func - (x: Tensor, y: Tensor) throws(TorchError) -> Tensor {
    try unsafe x.combined("subtract", y) { unsafe $0.pointee.subtract($1, $2, $3) }
  }

  /// The products of elements.
  public static func * (x: Tensor, y: Tensor) throws(TorchError) -> Tensor {
    try unsafe x.combined("multiply", y) { unsafe $0.pointee.multiply($1, $2, $3) }
  }

  /// The quotients, which have fractions.
  public static func / (x: Tensor, y: Tensor) throws(TorchError) -> Tensor {
    try unsafe x.combined("divide", y) { unsafe $0.pointee.divide($1, $2, $3) }
  }

  /// Adds a number.
  public static func + (x: Tensor, value: Double) throws(TorchError) -> Tensor {
    try unsafe x.make("add") { unsafe $0.pointee.add_scalar(x.pointer, value, $1) }
  }

  /// Subtracts a number.
  public static func - (x: Tensor, value: Double) throws(TorchError) -> Tensor { try x + -value }

  /// Multiplies by a number.
  public static func * (x: Tensor, value: Double) throws(TorchError) -> Tensor {
    try unsafe x.make("multiply") { unsafe $0.pointee.multiply_scalar(x.pointer, value, $1) }
  }

  /// Divides by a number.
  public static func / (x: Tensor, value: Double) throws(TorchError) -> Tensor {
    try unsafe x.make("divide") { unsafe $0.pointee.divide_scalar(x.pointer, value, $1) }
  }

  /// The negative.
  public static prefix func - (x: Tensor) throws(TorchError) -> Tensor {
    try unsafe x.make("negate") { unsafe $0.pointee.negate(x.pointer, $1) }
  }

  /// Whether elements are equal, as ``DType/bool``.
  public func equals(_ other: Tensor) throws(TorchError) -> Tensor {
    try unsafe combined("equals", other) { unsafe $0.pointee.equal($1, $2, $3) }
  }

  /// Whether elements are less than those of `other`, as ``DType/bool``.
  public func isLess(than other: Tensor) throws(TorchError) -> Tensor {
    try unsafe combined("isLess", other) { unsafe $0.pointee.less($1, $2, $3) }
  }

  /// Whether elements are at most those of `other`, as ``DType/bool``.
  public func isAtMost(_ other: Tensor) throws(TorchError) -> Tensor {
    try unsafe combined("isAtMost", other) { unsafe $0.pointee.less_equal($1, $2, $3) }
  }

  /// Whether elements are a number, as ``DType/bool``.
  public func equals(_ value: Double) throws(TorchError) -> Tensor {
    try unsafe make("equals") { unsafe $0.pointee.equal_scalar(pointer, value, $1) }
  }

  /// Whether elements are less than a number, as ``DType/bool``.
  public func isLess(than value: Double) throws(TorchError) -> Tensor {
    try unsafe make("isLess") { unsafe $0.pointee.less_scalar(pointer, value, $1) }
  }

  /// Whether elements are at most a number, as ``DType/bool``.
  public func isAtMost(_ value: Double) throws(TorchError) -> Tensor {
    try unsafe make("isAtMost") { unsafe $0.pointee.less_equal_scalar(pointer, value, $1) }
  }

  /// Whether elements are greater than a number, as ``DType/bool``.
  public func isGreater(than value: Double) throws(TorchError) -> Tensor {
    try unsafe make("isGreater") { unsafe $0.pointee.greater_scalar(pointer, value, $1) }
  }

  /// Whether elements are at least a number, as ``DType/bool``.
  public func isAtLeast(_ value: Double) throws(TorchError) -> Tensor {
    try unsafe make("isAtLeast") { unsafe $0.pointee.greater_equal_scalar(pointer, value, $1) }
  }

  /// Whether both are not zero, as ``DType/bool``.
  public func and(_ other: Tensor) throws(TorchError) -> Tensor {
    try unsafe combined("and", other) { unsafe $0.pointee.logical_and($1, $2, $3) }
  }

  /// Whether elements are zero, as ``DType/bool``.
  public func not() throws(TorchError) -> Tensor {
    try unsafe make("not") { unsafe $0.pointee.logical_not(pointer, $1) }
  }

  /// Calls a function of two tensors.
  func combined(
    _ operation: String,
    _ other: Tensor,
    _ call: (
      UnsafePointer<ctorch_table>, OpaquePointer, OpaquePointer,
      UnsafeMutablePointer<OpaquePointer?>
    ) -> ctorch_status
  ) throws(TorchError) -> Tensor {
    try unsafe make(operation, keeping: [other]) { table, out in
      unsafe call(table, pointer, other.pointer, out)
    }
  }
}
