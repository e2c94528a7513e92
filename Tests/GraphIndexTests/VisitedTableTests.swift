import GraphIndex
import Testing
import VectorCore

@Suite struct VisitedTableTests {
  @Test(arguments: [0, 8, 4_000])
  func aTableIsASet(expected: Int) {
    var generator = SplitMix64(seed: 2)
    var table = VisitedTable()
    // It grows past what was expected, and is reset to any size.
    for round in 0..<3 {
      table.reset(expecting: round == 1 ? 0 : expected)
      var reference: Set<UInt32> = []
      for _ in 0..<9_000 {
        let node = UInt32.random(in: 0..<6_000, using: &generator)
        let isNew = table.insert(node)
        #expect(isNew == reference.insert(node).inserted)
      }
    }
  }

  @Test func nodesInOnePlaceAreToldApart() {
    // The product with the golden ratio is undone: all of these hash to the same place of any table.
    let inverse = (0..<5).reduce(UInt32(0x9E37_79B1)) { guess, _ in
      guess &* (2 &- 0x9E37_79B1 &* guess)
    }
    #expect(inverse &* 0x9E37_79B1 == 1)
    let nodes = (0..<900).map { UInt32($0) &* inverse }
    var table = VisitedTable()
    table.reset(expecting: 1)
    let first = nodes.count { table.insert($0) }
    let second = nodes.count { table.insert($0) }
    table.reset(expecting: 1)
    let third = nodes.reversed().count { table.insert($0) }
    #expect([first, second, third] == [900, 0, 900])
  }

  @Test func theLargestNodesFit() {
    var table = VisitedTable()
    for node in [0, 1, UInt32.max - 1, UInt32.max - 2, 0x8000_0000] {
      let isNew = table.insert(node)
      let isNewAgain = table.insert(node)
      #expect(isNew && !isNewAgain)
    }
  }
}
