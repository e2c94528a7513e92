import Testing
import VectorCore

@Suite("Preparation of vectors")
struct PreparationTests {
  @Test("bad values are named by row and column of the set", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    var values = [Float](repeating: 1, count: 40)
    values[4 * 7 + 2] = value
    let set = VectorSet(values, dimension: 4, name: "a.npy")
    for metric in Metric.allCases {
      let error = #expect(throws: IndexError.self) { try set.allRows(preparedFor: metric) }
      #expect(error == .notFinite(what: "a.npy", row: 7, column: 2))
      // Also where only some rows are copied.
      let part = #expect(throws: IndexError.self) { try copy(set, 5..<9, metric) }
      #expect(part == .notFinite(what: "a.npy", row: 7, column: 2))
      #expect(try copy(set, 0..<7, metric).count == 28)
    }
  }

  private func copy(_ set: VectorSet, _ rows: Range<Int>, _ metric: Metric) throws -> [Float] {
    var values = [Float](repeating: 0, count: rows.count * set.dimension)
    var span = values.mutableSpan
    try set.copyRows(rows, preparedFor: metric, into: &span)
    return values
  }

  @Test("zero vectors are refused for cosine only")
  func zero() throws {
    let set = VectorSet([1, 2, 0, 0, 3, 4], dimension: 2, name: "a.npy")
    #expect(try set.allRows(preparedFor: .innerProduct) == [1, 2, 0, 0, 3, 4])
    #expect(try set.allRows(preparedFor: .squaredL2) == [1, 2, 0, 0, 3, 4])
    let error = #expect(throws: IndexError.self) { try set.allRows(preparedFor: .cosine) }
    #expect(error == .zeroVector(what: "a.npy", row: 1))
    let part = #expect(throws: IndexError.self) { try copy(set, 1..<3, .cosine) }
    #expect(part == .zeroVector(what: "a.npy", row: 1))
  }

  @Test("cosine gives unit length, other metrics change nothing")
  func unitLength() throws {
    let set = VectorSet([3, 4, -6, 8], dimension: 2)
    #expect(try set.allRows(preparedFor: .cosine) == [0.6, 0.8, -0.6, 0.8])
    #expect(try set.allRows(preparedFor: .innerProduct) == [3, 4, -6, 8])
  }
}
