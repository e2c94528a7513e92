import Testing
import Torch

/// All that draws random numbers, one after the other: libtorch has one generator for all.
@Suite(.needsLibtorch, .serialized) struct RandomStateTests {
  private func draw() throws -> [Float] { try Tensor.normal(shape: [8]).array() }

  @Test func aStateBringsTheSameNumbersBack() throws {
    let state = try RandomState(of: .cpu)
    let first = try draw()
    #expect(try draw() != first)
    try RandomState(device: state.device, bytes: state.bytes).restore()
    #expect(try draw() == first)
  }

  @Test func aSeedBringsTheSameNumbersBack() throws {
    try RandomState.seed(7)
    let first = try draw()
    try RandomState.seed(8)
    #expect(try draw() != first)
    try RandomState.seed(7)
    #expect(try draw() == first)
  }

  @Test func bytesThatAreNoStateAreRefused() {
    let error = #expect(throws: TorchError.self) {
      try RandomState(device: .cpu, bytes: [1, 2, 3]).restore()
    }
    #expect(error?.code == .refused)
  }

  @Test func normalNumbersHaveTheirMoments() throws {
    let x = try Tensor.normal(mean: 3, deviation: 2, shape: [20_000])
    let mean = try x.mean().item()
    let variance = try (x - mean).pow(2).mean().item()
    #expect(abs(mean - 3) < 0.1)
    #expect(abs(variance - 4) < 0.3)
    #expect(try Tensor.normal(shape: [3], dtype: .float16).dtype == .float16)
    #expect(throws: TorchError.self) { try Tensor.normal(deviation: -1, shape: [3]) }
  }

  @Test func dropoutKeepsTheMean() throws {
    let x = try Tensor.ones([10_000])
    let kept = try x.dropout(0.25).array(of: Float.self)
    #expect(kept.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
    let share = Double(kept.count { $0 != 0 }) / 10_000
    #expect(abs(share - 0.75) < 0.03)
    #expect(try x.dropout(0).array(of: Float.self) == x.array(of: Float.self))
    #expect(throws: TorchError.self) { try x.dropout(1.5) }
  }
}
