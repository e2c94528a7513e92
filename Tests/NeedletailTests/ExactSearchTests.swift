import Needletail
import TestSupport
import Testing
import VectorCore

@Suite struct ExactSearchTests {
  @Test(arguments: Metric.allCases, [1 << 30, 4 * 12 * 100, 4 * 12 * 7, 1])
  func partsFindWhatOneIndexFinds(metric: Metric, partBytes: Int) throws {
    let dimension = 12
    // Some rows are copies, so that ties lie in different parts.
    var values = seededValues(count: 300, dimension: dimension, seed: 4)
    values += values[..<(40 * dimension)]
    let vectors = VectorSet(values, dimension: dimension)
    let queries = seededValues(count: 9, dimension: dimension, seed: 5) + values.prefix(24)
    let flat = try buildIndex(over: vectors, "flat", metric: metric)
    let exact = try ExactSearch(over: vectors, metric: metric, partBytes: partBytes, threads: 2)
    for k in [1, 10, 340] {
      let expected = try flat.search(queries.span, k: k)
      let found = try exact.search(queries.span, k: k, threads: 2)
      #expect(found == expected, "k \(k)")
    }
  }

  @Test func itRefusesWhatFlatRefuses() throws {
    let empty = VectorSet([Float](), dimension: 4)
    #expect(throws: IndexError.emptySet(what: "memory")) {
      try ExactSearch(over: empty, metric: .innerProduct)
    }
    let exact = try ExactSearch(
      over: VectorSet([1, 2, .nan, 4], dimension: 2),
      metric: .innerProduct,
      partBytes: 8
    )
    #expect(throws: IndexError.self) { try exact.search([1, 1].span, k: 1) }
    let good = try ExactSearch(over: VectorSet([1, 2, 3, 4], dimension: 2), metric: .innerProduct)
    #expect(throws: IndexError.self) {
      try good.search([1, 1].span, k: 1, parameters: ["efSearch": 3])
    }
  }
}
