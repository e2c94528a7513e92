internal import CTorchABI

/// The state of a device's generator of random numbers, from which ``Tensor/dropout(_:)`` and
/// ``Tensor/normal(mean:deviation:shape:dtype:device:)`` draw.
public struct RandomState: Sendable {
  /// Whose generator.
  public let device: Device
  /// The state, in libtorch's own form; it can be stored and is good for the same release.
  public let bytes: [UInt8]

  /// A state that was stored.
  public init(device: Device, bytes: [UInt8]) {
    self.device = device
    self.bytes = bytes
  }

  /// Reads the present state.
  ///
  /// - Throws: ``TorchError`` where the device is not there.
  public init(of device: Device) throws(TorchError) {
    let functions = try TorchLibrary.shared().functions
    let state = try unsafe Tensor("random state", functions) { table, out in
      unsafe table.pointee.random_state(device.c, out)
    }
    self.init(device: device, bytes: try state.array())
  }

  /// Goes back to this state.
  ///
  /// - Throws: ``TorchError`` where the bytes are no state of this release of libtorch, and where
  ///   the device is not there.
  public func restore() throws(TorchError) {
    let state = try Tensor(bytes)
    try unsafe state.run("random state") { table in
      unsafe table.pointee.set_random_state(device.c, state.pointer)
    }
  }

  /// Starts the generators of all devices from a seed.
  ///
  /// - Throws: ``TorchError`` where libtorch cannot be opened.
  public static func seed(_ seed: UInt64) throws(TorchError) {
    let torch = try TorchLibrary.shared().functions
    try torch.check(unsafe torch.table.pointee.seed(seed), "seed")
  }
}
