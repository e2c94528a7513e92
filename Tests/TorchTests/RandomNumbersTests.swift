import Testing
import Torch

@Suite(.needsLibtorch) struct RandomNumbersTests {
  private func draw(_ seed: UInt64) throws -> [Float] {
    let ones = try Tensor.ones([1_000])
    return try RandomNumbers.seeded(seed) { try ones.dropout(0.5).array() }
  }

  @Test func aSeedBringsTheSameNumbersBack() throws {
    let first = try draw(7)
    #expect(try draw(8) != first)
    #expect(try draw(7) == first)
  }

  @Test func threadsDoNotDisturbEachOther() async throws {
    let alone = try (0..<8).map { try draw($0) }
    try await withThrowingTaskGroup { group in
      for round in 0..<64 {
        group.addTask { try draw(UInt64(round % 8)) == alone[round % 8] }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test func dropoutKeepsTheMean() throws {
    let x = try Tensor.ones([10_000])
    let kept = try RandomNumbers.seeded(1) { try x.dropout(0.25).array(of: Float.self) }
    #expect(kept.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
    let share = Double(kept.count { $0 != 0 }) / 10_000
    #expect(abs(share - 0.75) < 0.03)
    #expect(try x.dropout(0).array(of: Float.self) == x.array(of: Float.self))
    #expect(throws: TorchError.self) { try x.dropout(1.5) }
  }

  @Test func anErrorLetsTheNextOneIn() throws {
    #expect(throws: TorchError.self) {
      try RandomNumbers.seeded(1) { try Tensor.ones([2]).dropout(2) }
    }
    #expect(try draw(7) == draw(7))
  }
}
