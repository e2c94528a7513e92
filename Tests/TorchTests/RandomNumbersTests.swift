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

  /// Blocks of elements draw together; sizes around theirs leave parts of one.
  @Test(arguments: [1, 63, 64, 65, 8_191, 100_000])
  func everySizeDropsItsShare(count: Int) throws {
    let x = try Tensor.ones([count])
    let kept = try RandomNumbers.seeded(5) { try x.dropout(0.5).array(of: Float.self) }
    #expect(kept.count == count)
    #expect(kept.allSatisfy { $0 == 0 || $0 == 2 })
    let error = abs(Double(kept.count { $0 != 0 }) / Double(count) - 0.5)
    #expect(error < 4 * 0.5 / Double(count).squareRoot())
  }

  @Test func everyPlaceIsDroppedByItself() throws {
    let (rows, columns) = (4_000, 64)
    let x = try Tensor.ones([rows, columns])
    let kept = try RandomNumbers.seeded(3) { try x.dropout(0.5).array(of: Float.self) }
    let drops = kept.map { $0 == 0 ? 1.0 : -1.0 }
    // Sums of signs have a standard deviation of √rows.
    let bound = 5 * Double(rows).squareRoot()
    for column in 0..<columns {
      let signs = (0..<rows).map { drops[$0 * columns + column] }
      let next = (0..<rows).map { drops[$0 * columns + (column + 1) % columns] }
      #expect(abs(signs.reduce(0, +)) < bound)
      #expect(abs(zip(signs, next).map(*).reduce(0, +)) < bound)
      #expect(abs(zip(signs, signs.dropFirst()).map(*).reduce(0, +)) < bound)
    }
  }

  @Test func theGradientIsDroppedWhereTheValueIs() throws {
    let x = try Tensor.ones([300, 7])
    try x.setRequiresGradient()
    let y = try RandomNumbers.seeded(9) { try x.transpose(0, 1).dropout(0.3) }
    try y.sum().backward()
    let values = try y.detached().transpose(0, 1).array(of: Float.self)
    let gradient = try #require(try x.gradient()).array(of: Float.self)
    #expect(values == gradient)
    #expect(Set(values).count == 2)
  }

  @Test func threadsDoNotChangeWhatIsDropped() throws {
    let x = try Tensor.ones([200_000])
    try ThreadCount.restored { library in
      let drawn = try [1, 2, 3].map { count in
        try library.setThreadCount(count)
        return try RandomNumbers.seeded(4) { try x.dropout(0.1).array(of: Float.self) }
      }
      #expect(drawn[1] == drawn[0])
      #expect(drawn[2] == drawn[0])
    }
  }

  @Test func anErrorLetsTheNextOneIn() throws {
    #expect(throws: TorchError.self) {
      try RandomNumbers.seeded(1) { try Tensor.ones([2]).dropout(2) }
    }
    #expect(try draw(7) == draw(7))
  }
}
