internal import CTorchABI

/// Calls `body` with nothing recorded for gradients in this thread: the fastest way to compute.
///
/// Tensors made inside can never take part in a recording; ``Tensor/cloned()`` outside makes ones
/// that can.
///
/// - Throws: what `body` throws; ``TorchError`` where libtorch cannot be opened.
public func withInference<Result>(_ body: () throws -> Result) throws -> Result {
  try within(CTORCH_INFERENCE, body)
}

/// Calls `body` with nothing recorded for gradients in this thread, as for changes of weights.
///
/// - Throws: what `body` throws; ``TorchError`` where libtorch cannot be opened.
public func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
  try within(CTORCH_NO_GRADIENTS, body)
}

/// Calls `body` with operations recorded for gradients in this thread, as is the rule outside of
/// ``withoutGradients(_:)``.
///
/// - Throws: what `body` throws; ``TorchError`` where libtorch cannot be opened.
public func withGradients<Result>(_ body: () throws -> Result) throws -> Result {
  try within(CTORCH_GRADIENTS, body)
}

private func within<Result>(
  _ mode: ctorch_gradient_mode,
  _ body: () throws -> Result
) throws -> Result {
  let torch = try TorchLibrary.shared().functions
  var scope: OpaquePointer?
  try torch.check(unsafe torch.table.pointee.enter(mode, &scope), "enter")
  defer { unsafe torch.table.pointee.leave(scope) }
  return try body()
}
