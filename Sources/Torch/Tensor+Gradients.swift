internal import CTorchABI

/// Gradients, by libtorch's recording of operations.
extension Tensor {
  /// Whether operations on this are recorded for gradients.
  ///
  /// - Throws: ``TorchError`` where libtorch does not tell.
  public func requiresGradient() throws(TorchError) -> Bool {
    var required = false
    try unsafe run("requiresGradient") {
      unsafe $0.pointee.requires_gradient(pointer, &required)
    }
    return required
  }

  /// Says whether operations on this are to be recorded for gradients.
  ///
  /// - Throws: ``TorchError`` for integers, for results of recorded operations, and for tensors made
  ///   in ``withInference(_:)``.
  public func setRequiresGradient(_ required: Bool = true) throws(TorchError) {
    try unsafe run("setRequiresGradient") {
      unsafe $0.pointee.set_requires_gradient(pointer, required)
    }
  }

  /// The same elements, without the record of how they were made.
  ///
  /// - Throws: ``TorchError`` where there is no memory.
  public func detached() throws(TorchError) -> Tensor {
    try unsafe make("detach") { unsafe $0.pointee.detach(pointer, $1) }
  }

  /// Adds the gradient of this to the gradients of all that it was made from.
  ///
  /// - Parameters:
  ///   - gradient: of something by this; may be missing where this has one element, and is 1 then.
  ///   - keepGraph: keeps the record for another call.
  /// - Throws: ``TorchError`` where nothing was recorded.
  public func backward(_ gradient: Tensor? = nil, keepGraph: Bool = false) throws(TorchError) {
    try unsafe run("backward", keeping: [gradient]) {
      unsafe $0.pointee.backward(pointer, gradient?.pointer, keepGraph)
    }
  }

  /// The gradient that calls of ``backward(_:keepGraph:)`` have added up; `nil` where there is none.
  ///
  /// - Throws: ``TorchError`` where libtorch does not tell.
  public func gradient() throws(TorchError) -> Tensor? {
    var found: OpaquePointer?
    try unsafe run("gradient") { unsafe $0.pointee.gradient(pointer, &found) }
    guard let found = unsafe found else { return nil }
    return try unsafe Tensor("gradient", functions) { _, out in
      unsafe out.pointee = unsafe found
      return CTORCH_OK
    }
  }

  /// Replaces the gradient; `nil` forgets it.
  ///
  /// - Throws: ``TorchError`` where the new one has another shape, type or device.
  public func setGradient(_ gradient: Tensor?) throws(TorchError) {
    if let gradient, gradient.shape != shape || gradient.dtype != dtype || gradient.device != device
    {
      throw TorchError(
        operation: "setGradient",
        code: .refused,
        message: "a gradient of \(gradient.dtype) \(gradient.shape) on \(gradient.device) is none "
          + "of \(dtype) \(shape) on \(device)"
      )
    }
    try unsafe run("setGradient", keeping: [gradient]) {
      unsafe $0.pointee.set_gradient(pointer, gradient?.pointer)
    }
  }
}
