internal import CTorchABI

/// Where tensors are and are computed with.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  /// A kind of processor.
  public enum Kind: String, Sendable {
    /// The host.
    case cpu
    /// NVIDIA's GPUs.
    case cuda
  }

  /// The kind of processor.
  public let kind: Kind
  /// Which of its kind; 0 for the host.
  public let index: Int

  /// The host.
  public static let cpu = Device(kind: .cpu, index: 0)

  /// A GPU; whether it is there is seen when it is used.
  public static func cuda(_ index: Int) -> Device { Device(kind: .cuda, index: index) }

  private init(kind: Kind, index: Int) {
    self.kind = kind
    self.index = index
  }

  /// Finds a device by name: "cpu", "cuda", "cuda:1", or "auto" for a GPU where there is one.
  ///
  /// - Throws: ``TorchError`` where the name means nothing or the device is not there, and where
  ///   libtorch cannot be opened to ask, which "cpu" does not need.
  public init(named name: String) throws(TorchError) {
    if name == "cpu" {
      self = .cpu
      return
    }
    if name == "auto" {
      self = try Self.cudaCount() > 0 ? .cuda(0) : .cpu
      return
    }
    guard let index = Self.cudaIndex(name) else {
      throw TorchError(
        operation: "device",
        code: .unknownName,
        message: "'\(name)' is no device; there are cpu, cuda, cuda:0, cuda:1, … and auto"
      )
    }
    let count = try Self.cudaCount()
    guard index < count else {
      throw TorchError(
        operation: "device",
        code: .unknownName,
        message: "there is no device '\(name)': libtorch sees \(count) GPUs"
          + (count == 0 ? "; use cpu" : "; use cuda:\(count - 1) or a lower one")
      )
    }
    self = .cuda(index)
  }

  /// "cpu", "cuda:0".
  public var description: String { kind == .cpu ? kind.rawValue : "\(kind.rawValue):\(index)" }

  /// How many GPUs libtorch can use.
  ///
  /// - Throws: ``TorchError`` where libtorch cannot be opened.
  public static func cudaCount() throws(TorchError) -> Int {
    let torch = try TorchLibrary.shared().functions
    var count: Int32 = 0
    try torch.check(unsafe torch.table.pointee.cuda_device_count(&count), "count devices")
    return Int(count)
  }

  /// The memory of a GPU in bytes: what is free, and all.
  ///
  /// - Throws: ``TorchError`` for the host, and where the device is not there.
  public func memory() throws(TorchError) -> (free: Int, total: Int) {
    let torch = try TorchLibrary.shared().functions
    var free: Int64 = 0
    var total: Int64 = 0
    try torch.check(
      unsafe torch.table.pointee.device_memory(c, &free, &total),
      "memory of \(self)"
    )
    return (Int(free), Int(total))
  }

  /// Waits until the device has done all that it was told to do.
  ///
  /// - Throws: ``TorchError`` where an operation failed on the device, and where it is not there.
  public func synchronize() throws(TorchError) {
    let torch = try TorchLibrary.shared().functions
    try torch.check(unsafe torch.table.pointee.synchronize(c), "synchronize \(self)")
  }

  private static func cudaIndex(_ name: String) -> Int? {
    if name == "cuda" { return 0 }
    guard name.hasPrefix("cuda:") else { return nil }
    let digits = name.utf8.dropFirst("cuda:".utf8.count)
    guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(Substring(digits))
  }

  var c: ctorch_device {
    ctorch_device(
      kind: kind == .cpu ? CTORCH_CPU : CTORCH_CUDA,
      index: Int32(clamping: index)
    )
  }

  init(_ c: ctorch_device) {
    self.init(kind: c.kind == CTORCH_CUDA ? .cuda : .cpu, index: Int(c.index))
  }
}
