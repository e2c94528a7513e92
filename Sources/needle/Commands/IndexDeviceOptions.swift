internal import ArgumentParser
internal import Needletail

/// A GPU that an index of faiss is searched on.
struct IndexDeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Search the index on a GPU, cuda or cuda:1: faiss-flat and faiss-ivfpq, where faiss has GPUs. "
        + "--gpu-memory is for its intermediate results.",
      valueName: "device"
    )
  )
  var indexDevice: String?

  @Flag(help: "Hold vectors and tables of the index in half precision on the GPU.")
  var gpuFloat16 = false

  func validate() throws {
    guard gpuFloat16, indexDevice == nil else { return }
    throw ValidationError("--gpu-float16 goes with --index-device; give both")
  }

  /// The GPU; `nil` for the host.
  ///
  /// - Throws: ``VectorCore/IndexError`` for another name than that of one GPU.
  func place(_ memory: GPUMemoryOption) throws -> GPUPlace? {
    try indexDevice.map { name in
      try GPUPlace(named: name, usesHalf: gpuFloat16, scratchBytes: memory.gpuMemory?.count)
    }
  }
}
