import Testing
import VectorCore

/// An index that answers with what it is given.
private struct FixedIndex: VectorIndex {
  let ids: VectorIDs
  let metric: Metric
  let answer: NearestRows

  var summary: IndexSummary {
    IndexSummary(
      backend: "fixed",
      parameters: ["M": 16],
      metric: metric,
      count: 3,
      dimension: 2,
      seed: 1
    )
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    answer
  }
}

@Suite("Search results")
struct SearchResultsTests {
  private func index(_ metric: Metric, ids: VectorIDs = .rowNumbers) -> FixedIndex {
    var answer = NearestRows(queryCount: 2, k: 3)
    answer.counts = [3, 1]
    answer.rows = [2, 0, 1, 1, 0, 0]
    answer.distances = [-3, -2, 1, -5, 0, 0]
    return FixedIndex(ids: ids, metric: metric, answer: answer)
  }

  private func search(
    _ index: FixedIndex,
    _ queries: [Float] = [1, 2, 3, 4],
    k: Int = 10,
    threads: Int = 1
  ) throws -> SearchResults {
    try index.search(queries.span, k: k, threads: threads)
  }

  @Test("rows become ids and distances scores; queries may have fewer than k")
  func translation() throws {
    let results = try search(index(.innerProduct))
    #expect(results.queryCount == 2 && results.k == 3 && results.counts == [3, 1])
    #expect(results[0].map(\.id) == [2, 0, 1])
    #expect(results[0].map(\.score) == [3, 2, -1])
    #expect(results[1] == [Neighbor(id: 1, score: 5)])
    #expect(try search(index(.squaredL2))[0].map(\.score) == [-3, -2, 1])
  }

  @Test("explicit ids are used, and entries past a query's count are zero")
  func explicitIDs() throws {
    let results = try search(index(.cosine, ids: VectorIDs([70, 80, 90])))
    #expect(results.ids == [90, 70, 80, 80, 0, 0])
    #expect(results.scores.map(\.bitPattern) == [3, 2, -1, 5, 0, 0].map { Float($0).bitPattern })
  }

  @Test("queries are checked before a backend sees them")
  func badQueries() {
    let index = index(.cosine)
    func error(_ body: () throws -> SearchResults) -> IndexError? {
      #expect(throws: IndexError.self) { try body() }
    }
    #expect(
      error { try search(index, [1, 2, 3]) }
        == .dimensionMismatch(what: "queries", expected: 2, actual: 3)
    )
    #expect(
      error { try search(index, [1, 2, .nan, 4]) } == .notFinite(what: "queries", row: 1, column: 0)
    )
    #expect(error { try search(index, [1, 2, 0, 0]) } == .zeroVector(what: "queries", row: 1))
    #expect(
      error { try search(index, k: 0) }
        == .invalidParameter(name: "k", value: "0", allowed: "at least 1")
    )
    #expect(
      error { try search(index, threads: 0) }
        == .invalidParameter(name: "threads", value: "0", allowed: "at least 1")
    )
  }

  @Test("a summary names backend and parameters as one word")
  func spec() {
    #expect(index(.cosine).summary.spec == "fixed:M=16")
  }
}
