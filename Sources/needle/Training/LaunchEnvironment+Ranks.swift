internal import Glibc
internal import Torch
internal import Training

extension LaunchEnvironment {
  /// What the environment of this process says.
  ///
  /// - Throws: ``Torch/LaunchError`` for values that contradict each other.
  static func current() throws -> LaunchEnvironment {
    var values: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
      unsafe entry += 1
    }
    return try read(from: values)
  }

  /// Meets the other processes; at once where there are none.
  ///
  /// - Parameters:
  ///   - device: this process's own.
  ///   - timeout: how long to wait for others, in seconds.
  /// - Returns: this process among them.
  /// - Throws: ``Torch/TorchError`` where they do not come.
  func ranks(on device: Device, timeout: Double) throws -> Ranks {
    guard isDistributed else { return .single }
    return Ranks(
      group: try ProcessGroup(
        device.kind == .cuda ? .nccl : .gloo,
        rank: rank,
        worldSize: worldSize,
        host: host,
        port: port,
        timeout: timeout,
        device: device
      )
    )
  }
}
