internal import ArgumentParser
internal import DeviceSearch
internal import Needletail
internal import Torch

/// Where vectors are compared with all others.
struct ExactDeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where all vectors are compared: cpu, cuda:0, several as cuda:0,cuda:1, or auto for the GPUs "
        + "that there are. The answers are the same.",
      valueName: "device"
    )
  )
  var device = "cpu"

  @OptionGroup var memory: GPUMemoryOption

  func validate() throws {
    guard device == "cpu", memory.gpuMemory != nil else { return }
    throw ValidationError("--gpu-memory is for GPUs; give --device cuda as well")
  }

  /// Exact search of a set on the devices; `nil` for the host.
  func index(over vectors: VectorSet, metric: Metric, threads: Int) throws -> (any VectorIndex)? {
    try maker(threads: threads)?(vectors, metric)
  }

  /// Makes such indexes, for what asks for them later; `nil` for the host.
  func maker(threads: Int) throws -> BuildOptions.ExactIndex? {
    try memory.maker(on: device, threads: threads)
  }
}

/// How much of a GPU an exact search takes.
struct GPUMemoryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Most memory that an exact search takes on each GPU, such as 8G (default: four fifths of what "
        + "is free); vectors that do not fit are brought there part by part.",
      valueName: "size"
    )
  )
  var gpuMemory: ByteSize?

  /// Makes exact searches of sets on named devices; `nil` for the host.
  ///
  /// - Throws: ``Torch/TorchError`` for devices that are not there. What is made throws it, with the
  ///   remedy, where their memory does not suffice, and what reading the vectors throws.
  func maker(on names: String, threads: Int) throws -> BuildOptions.ExactIndex? {
    let devices = try Device.list(named: names)
    guard !devices.isEmpty else { return nil }
    let memory = gpuMemory?.count
    return { vectors, metric in
      try DeviceIndex(
        over: vectors,
        metric: metric,
        devices: devices,
        memory: memory,
        threads: threads
      )
    }
  }
}
