import Testing
import VectorCore

@Suite struct RowFilterTests {
  @Test(arguments: [0, 1, 63, 64, 65, 200])
  func itHasTheRowsThatItWasGiven(count: Int) {
    let filter = RowFilter(count: count) { $0 % 3 == 1 }
    let expected = (0..<UInt32(count)).filter { $0 % 3 == 1 }
    #expect(filter.rows == expected)
    #expect(filter.matches == expected.count)
    #expect(filter == RowFilter(count: count, rows: expected.reversed() + expected))
    for row in 0..<UInt32(count) { #expect(filter[row] == (row % 3 == 1)) }
  }

  @Test(arguments: [1, 63, 64, 65, 200])
  func filtersAreJoinedLikeSets(count: Int) {
    let thirds = RowFilter(count: count) { $0 % 3 == 0 }
    let even = RowFilter(count: count) { $0 % 2 == 0 }
    let all = Set(0..<UInt32(count))
    #expect(Set(thirds.inverted.rows) == all.subtracting(thirds.rows))
    #expect(thirds.inverted.inverted == thirds)
    #expect(thirds.intersection(even).rows == thirds.rows.filter { $0 % 2 == 0 })
    #expect(Set(thirds.union(even).rows) == Set(thirds.rows).union(even.rows))
    #expect(thirds.union(thirds.inverted).matches == count)
    #expect(thirds.intersection(thirds.inverted).matches == 0)
  }

  @Test func selectivityIsTheShareOfMatches() {
    #expect(RowFilter(count: 8, rows: [1, 2]).selectivity == 0.25)
    #expect(RowFilter(count: 0, rows: []).selectivity == 0)
  }
}
