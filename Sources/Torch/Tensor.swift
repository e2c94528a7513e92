internal import CTorchABI

/// The owner of one handle of libtorch.
// @unchecked Sendable because libtorch counts references to a tensor atomically and lets any thread
// use it; the in-place operations say that they must be alone.
@safe
private struct OwnedTensor: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer
  let functions: TorchFunctions

  init(_ pointer: OpaquePointer, _ functions: TorchFunctions) {
    unsafe self.pointer = unsafe pointer
    self.functions = functions
  }

  deinit { unsafe functions.table.pointee.free_tensor(pointer) }
}

/// An array of numbers of one type, with any number of dimensions, on the host or on a GPU.
///
/// An operation makes a new tensor; it may share the memory of the old one, as libtorch's views do.
/// Only the operations of ``Tensor/assign(_:)`` and its like change elements. Shapes must agree by
/// libtorch's rules, and everything that fails says so by throwing ``TorchError``.
///
/// Dimensions are numbered from 0, or from the last one with -1. Elements are in row-major order.
public final class Tensor: Sendable {
  private let owned: OwnedTensor
  /// The size of each dimension; empty for a single number.
  public let shape: [Int]
  /// The type of the elements.
  public let dtype: DType
  /// Where the elements are.
  public let device: Device

  /// Makes a tensor by a function of the table.
  ///
  /// - Parameters:
  ///   - operation: what is done, for the message of an error.
  ///   - functions: the library.
  ///   - call: calls a function, which writes a new handle.
  /// - Throws: ``TorchError`` where the function fails.
  init(
    _ operation: String,
    _ functions: TorchFunctions,
    _ call: (UnsafePointer<ctorch_table>, UnsafeMutablePointer<OpaquePointer?>) -> ctorch_status
  ) throws(TorchError) {
    var made: OpaquePointer?
    try unsafe functions.check(call(functions.table, &made), operation)
    guard let made = unsafe made else {
      throw TorchError(operation: operation, code: .unknown, message: "no tensor was made")
    }
    owned = unsafe OwnedTensor(made, functions)
    var description = unsafe ctorch_description()
    try functions.check(
      unsafe functions.table.pointee.describe(made, &description),
      operation
    )
    guard let dtype = unsafe DType(description.dtype) else {
      throw TorchError(operation: operation, code: .unknown, message: "the type is unknown")
    }
    let sizes = unsafe UnsafeBufferPointer(
      start: description.shape.sizes,
      count: Int(description.shape.rank)
    )
    shape = unsafe sizes.map { Int($0) }
    self.dtype = dtype
    device = unsafe Device(description.device)
  }

  /// The number of dimensions.
  public var rank: Int { shape.count }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The size of the elements in bytes.
  public var byteCount: Int { count * dtype.byteCount }

  /// The handle, valid as long as the tensor: see ``make(_:keeping:_:)``.
  @unsafe var pointer: OpaquePointer { unsafe owned.pointer }

  var functions: TorchFunctions { owned.functions }
}

extension Tensor {
  /// Makes a tensor from this one, which lives, with `others`, until the call returns.
  func make(
    _ operation: String,
    keeping others: [Tensor?] = [],
    _ call: (UnsafePointer<ctorch_table>, UnsafeMutablePointer<OpaquePointer?>) -> ctorch_status
  ) throws(TorchError) -> Tensor {
    try withExtendedLifetime((self, others)) { () throws(TorchError) -> Tensor in
      try unsafe Tensor(operation, functions, call)
    }
  }

  /// Calls a function that makes no tensor; this one and `others` live until it returns.
  func run(
    _ operation: String,
    keeping others: [Tensor?] = [],
    _ call: (UnsafePointer<ctorch_table>) -> ctorch_status
  ) throws(TorchError) {
    try withExtendedLifetime((self, others)) { () throws(TorchError) in
      try unsafe functions.check(call(functions.table), operation)
    }
  }
}

extension Tensor {
  /// Calls `body` with the handles of tensors, which live until it returns.
  static func withHandles<Result>(
    _ tensors: some Collection<Tensor>,
    _ body: (UnsafeBufferPointer<OpaquePointer?>) -> Result
  ) -> Result {
    withExtendedLifetime(tensors) {
      unsafe tensors.map { unsafe Optional($0.pointer) }.withUnsafeBufferPointer { handles in
        unsafe body(handles)
      }
    }
  }
}

/// Calls `body` with sizes or dimensions as C has them.
func withSizes<Result>(_ sizes: [Int], _ body: (ctorch_sizes) -> Result) -> Result {
  let wide = sizes.map { Int64($0) }
  return unsafe wide.withUnsafeBufferPointer { wide in
    unsafe body(ctorch_sizes(sizes: wide.baseAddress, rank: Int64(wide.count)))
  }
}
