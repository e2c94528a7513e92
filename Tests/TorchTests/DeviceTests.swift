import Testing
import Torch
import VectorCore

@Suite struct DeviceTests {
  @Test func theHostNeedsNoLibrary() throws {
    #expect(try Device(named: "cpu") == .cpu)
    #expect(Device.cpu.description == "cpu")
    #expect(Device.cuda(1).description == "cuda:1")
  }

  @Test(arguments: ["", "gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:+1", "cuda0", "cpu:0"])
  func otherNamesMeanNothing(_ name: String) {
    let error = #expect(throws: TorchError.self) { try Device(named: name) }
    #expect(error?.code == .unknownName)
    #expect(error?.kind == .usage)
    #expect(
      error?.message
        == "'\(name)' is no device; there are cpu, cuda, cuda:0, cuda:1, … and auto"
    )
  }

  @Test(.needsLibtorch) func autoIsAGPUWhereThereIsOne() throws {
    let count = try Device.cudaCount()
    #expect(try Device(named: "auto") == (count > 0 ? .cuda(0) : .cpu))
    let error = #expect(throws: TorchError.self) { try Device(named: "cuda:\(count)") }
    #expect(error?.code == .unknownName)
    #expect(error?.message.hasPrefix("there is no device 'cuda:\(count)'") == true)
  }

  @Test(.needsLibtorch) func theHostIsAlwaysReady() throws {
    try Device.cpu.synchronize()
    let error = #expect(throws: TorchError.self) { try Device.cpu.memory() }
    #expect(error?.message == "only CUDA devices tell their memory")
    #expect(throws: TorchError.self) { try Device.cuda(99).synchronize() }
  }
}
