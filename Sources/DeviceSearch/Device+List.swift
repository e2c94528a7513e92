public import Torch

extension Device {
  /// Finds the devices that share an exact search.
  ///
  /// - Parameter names: "cpu"; "cuda:1", or several with commas; "auto" for all GPUs where there are any,
  ///   also where there is no libtorch.
  /// - Returns: GPUs, each once; none for the host, which searches without libtorch.
  /// - Throws: ``TorchError`` as ``Device/init(named:)`` does, and for a device that is named twice.
  public static func list(named names: String) throws(TorchError) -> [Device] {
    if names == "cpu" { return [] }
    if names == "auto" {
      do throws(TorchError) {
        return (0..<(try cudaCount())).map { cuda($0) }
      } catch {
        guard error.code == .notFound || error.code == .unusable else { throw error }
        return []
      }
    }
    var devices: [Device] = []
    for name in names.split(separator: ",", omittingEmptySubsequences: false) {
      let device = name == "auto" ? nil : try Device(named: String(name))
      guard let device, device.kind == .cuda, !devices.contains(device) else {
        throw TorchError(
          operation: "device",
          code: .unknownName,
          message: "'\(names)' are no GPUs, each once; give cuda:0,cuda:1 or so, or cpu alone"
        )
      }
      devices.append(device)
    }
    return devices
  }
}
