import Foundation
import Testing
import Torch
import VectorCore

@Suite(.needsLibtorch) struct MemoryTests {
  /// The memory of this process in MiB.
  private func residentMemory() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(Int(text.split(separator: " ")[1]))
    return pages * 4096 >> 20
  }

  @Test func handlesAreFreed() throws {
    let x = try Tensor.ones([256, 1024])
    func work() throws { _ = try (x + 1).transpose(0, 1).contiguous().sum([0]) }
    for _ in 0..<20 { try work() }
    let before = try residentMemory()
    // 2 MiB a time: 2 GiB if nothing were freed.
    for _ in 0..<1000 { try work() }
    #expect(try residentMemory() - before < 300)
  }

  @Test func failedCallsKeepNothing() throws {
    let bytes = SharedArray([UInt8](repeating: 0, count: 1 << 20))
    let x = try Tensor(sharing: bytes, dtype: .float32, shape: [1 << 18])
    let before = try residentMemory()
    for _ in 0..<2000 {
      #expect(throws: TorchError.self) { try x.reshape([7]) }
      #expect(throws: TorchError.self) { try x.cloned().matmul(x.reshape([2, -1])) }
    }
    #expect(try residentMemory() - before < 300)
  }

  @Test func recordsOfGradientsAreFreed() throws {
    let x = try Tensor.ones([256, 1024])
    try x.setRequiresGradient()
    func work() throws {
      try (x * x).sum().backward()
      try x.setGradient(nil)
    }
    for _ in 0..<20 { try work() }
    let before = try residentMemory()
    for _ in 0..<500 { try work() }
    #expect(try residentMemory() - before < 300)
  }
}
