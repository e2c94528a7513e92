internal import CTorchABI
public import VectorCore

extension Tensor {
  /// Copies values of the host.
  ///
  /// - Parameters:
  ///   - values: the elements, row-major.
  ///   - shape: sizes whose product is the number of values; `nil` for one dimension.
  ///   - device: where the tensor is to be.
  /// - Throws: ``TorchError`` where the shape does not fit, and where there is no memory.
  public convenience init<Element: TensorElement>(
    _ values: [Element],
    shape: [Int]? = nil,
    device: Device = .cpu
  ) throws(TorchError) {
    try unsafe self.init("create", TorchLibrary.shared().functions) { table, out in
      unsafe values.withUnsafeBytes { bytes in
        unsafe withSizes(shape ?? [values.count]) { sizes in
          unsafe table.pointee.from_memory(
            bytes.baseAddress,
            bytes.count,
            Element.dtype.c,
            sizes,
            device.c,
            out
          )
        }
      }
    }
  }

  /// Views bytes that nobody changes, a mapped file's or others', without a copy where they are
  /// aligned for their type; else copies them.
  ///
  /// The bytes stay as long as the tensor or a view of it does. In-place operations refuse such a
  /// tensor: ``cloned()`` gives one that they accept.
  ///
  /// - Parameters:
  ///   - bytes: the elements are among them, little-endian.
  ///   - offset: the place of the first element, in bytes.
  ///   - dtype: the type of the elements.
  ///   - shape: the size of each dimension.
  /// - Throws: ``TorchError`` where the elements are not all inside, and where there is no memory.
  public convenience init(
    sharing bytes: SharedArray<UInt8>,
    at offset: Int = 0,
    dtype: DType,
    shape: [Int]
  ) throws(TorchError) {
    let size = try Self.byteCount(of: shape, dtype)
    guard offset >= 0, size <= bytes.count, offset <= bytes.count - size else {
      throw TorchError(
        operation: "share",
        code: .refused,
        message: "\(size) bytes at byte \(offset) are not all among \(bytes.count)"
      )
    }
    try unsafe self.init("share", TorchLibrary.shared().functions) { table, out in
      unsafe bytes.withUnsafeBufferPointer { memory in
        unsafe withSizes(shape) { sizes in
          let start = unsafe memory.baseAddress.map { unsafe UnsafeRawPointer($0 + offset) }
          guard size > 0, let start = unsafe start, unsafe isAligned(start, dtype) else {
            let cpu = Device.cpu.c
            return unsafe table.pointee.from_memory(start, size, dtype.c, sizes, cpu, out)
          }
          let loan = unsafe Unmanaged.passRetained(Loan(bytes))
          let status = unsafe table.pointee.borrow_memory(
            start,
            size,
            dtype.c,
            sizes,
            loan.toOpaque(),
            { unsafe Unmanaged<Loan>.fromOpaque($0).release() },
            out
          )
          if status != CTORCH_OK { unsafe loan.release() }
          return status
        }
      }
    }
  }

  /// The same value everywhere.
  ///
  /// - Throws: ``TorchError`` where the shape makes no sense, and where there is no memory.
  public static func full(
    _ value: Double,
    shape: [Int],
    dtype: DType = .float32,
    device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try unsafe Tensor("full", TorchLibrary.shared().functions) { table, out in
      unsafe withSizes(shape) { sizes in
        unsafe table.pointee.full(value, dtype.c, sizes, device.c, out)
      }
    }
  }

  /// Zeros.
  ///
  /// - Throws: ``TorchError`` as for ``full(_:shape:dtype:device:)``.
  public static func zeros(
    _ shape: [Int],
    dtype: DType = .float32,
    device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try full(0, shape: shape, dtype: dtype, device: device)
  }

  /// Ones.
  ///
  /// - Throws: ``TorchError`` as for ``full(_:shape:dtype:device:)``.
  public static func ones(
    _ shape: [Int],
    dtype: DType = .float32,
    device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try full(1, shape: shape, dtype: dtype, device: device)
  }

  /// 0, 1, …, `count` - 1.
  ///
  /// - Throws: ``TorchError`` where `count` is negative, and where there is no memory.
  public static func arange(
    _ count: Int,
    dtype: DType = .int64,
    device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try unsafe Tensor("arange", TorchLibrary.shared().functions) { table, out in
      unsafe table.pointee.arange(0, Double(count), 1, dtype.c, device.c, out)
    }
  }

  /// The size of a tensor in bytes.
  private static func byteCount(of shape: [Int], _ dtype: DType) throws(TorchError) -> Int {
    var size = dtype.byteCount
    for count in shape {
      let (product, isTooLarge) = size.multipliedReportingOverflow(by: count)
      guard count >= 0, !isTooLarge else {
        throw TorchError(
          operation: "share",
          code: .refused,
          message: "the shape \(shape) is none that memory can have"
        )
      }
      size = product
    }
    return size
  }
}

/// Keeps borrowed bytes alive.
private final class Loan: Sendable {
  let bytes: SharedArray<UInt8>

  init(_ bytes: SharedArray<UInt8>) { self.bytes = bytes }
}

private func isAligned(_ start: UnsafeRawPointer, _ dtype: DType) -> Bool {
  UInt(bitPattern: start).isMultiple(of: UInt(dtype.byteCount))
}
