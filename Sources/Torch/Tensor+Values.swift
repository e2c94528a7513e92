internal import CTorchABI

extension Tensor {
  /// The elements, row-major, converted to a type of Swift and copied to the host.
  ///
  /// - Throws: ``TorchError`` where there is no memory, or the device fails.
  public func array<Element: TensorElement>(
    of type: Element.Type = Element.self
  ) throws(TorchError) -> [Element] {
    var values = [Element](repeating: Element(), count: count)
    try copy(to: &values)
    return values
  }

  /// Copies the elements, as ``array(of:)`` gives them, over all of an array.
  ///
  /// - Throws: ``TorchError`` where the array has another number of elements, and as above.
  public func copy<Element: TensorElement>(to values: inout [Element]) throws(TorchError) {
    var span = values.mutableSpan
    try copy(to: &span)
  }

  /// Copies the elements, as ``array(of:)`` gives them, into memory of the caller.
  ///
  /// - Throws: ``TorchError`` where there is another number of elements, and as above.
  public func copy<Element: TensorElement>(
    to values: inout MutableSpan<Element>
  ) throws(TorchError) {
    let status = unsafe values.withUnsafeMutableBytes { bytes in
      withExtendedLifetime(self) {
        unsafe functions.table.pointee.to_memory(
          pointer,
          Element.dtype.c,
          bytes.baseAddress,
          bytes.count
        )
      }
    }
    try functions.check(status, "read")
  }

  /// The only element.
  ///
  /// - Throws: ``TorchError`` where there are several or none.
  public func item() throws(TorchError) -> Double {
    guard count == 1 else {
      throw TorchError(
        operation: "item",
        code: .refused,
        message: "a tensor of shape \(shape) has not one element, but \(count)"
      )
    }
    return try array(of: Double.self)[0]
  }

  /// Whether there is no NaN and no infinity.
  ///
  /// - Throws: ``TorchError`` where the device fails.
  public func isFinite() throws(TorchError) -> Bool {
    var answer = false
    try unsafe run("isFinite") { unsafe $0.pointee.all_finite(pointer, &answer) }
    return answer
  }

  /// The same elements with another type or on another device; the same tensor where it is so.
  ///
  /// - Throws: ``TorchError`` where the device is not there, and where there is no memory.
  public func to(_ dtype: DType? = nil, _ device: Device? = nil) throws(TorchError) -> Tensor {
    let dtype = dtype ?? self.dtype
    let device = device ?? self.device
    guard dtype != self.dtype || device != self.device else { return self }
    return try unsafe make("to") { table, out in
      unsafe table.pointee.convert(pointer, dtype.c, device.c, out)
    }
  }

  /// The same elements on another device; the same tensor where it is there.
  ///
  /// - Throws: ``TorchError`` where the device is not there, and where there is no memory.
  public func to(_ device: Device) throws(TorchError) -> Tensor { try to(nil, device) }

  /// The same elements in memory of their own.
  ///
  /// - Throws: ``TorchError`` where there is no memory.
  public func cloned() throws(TorchError) -> Tensor {
    try unsafe make("clone") { table, out in unsafe table.pointee.clone(pointer, out) }
  }
}
