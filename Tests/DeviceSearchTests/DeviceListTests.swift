import DeviceSearch
import TestSupport
import Testing
import Torch

@Suite(.needsLibtorch) struct DeviceListTests {
  @Test func theHostIsNoDevice() throws {
    #expect(try Device.list(named: "cpu").isEmpty)
  }

  @Test func autoIsAllGPUs() throws {
    let count = try Device.cudaCount()
    #expect(try Device.list(named: "auto") == (0..<count).map { .cuda($0) })
  }

  @Test(arguments: [
    "", ",", "cpu,cpu", "cuda:0,cuda:0", "cuda:0,cpu", "auto,cuda:0", "gpu", "cuda:999",
  ])
  func whatMeansNothingIsRefused(names: String) {
    #expect(throws: TorchError.self) { try Device.list(named: names) }
  }
}
