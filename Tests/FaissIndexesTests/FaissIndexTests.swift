import FaissIndexes
import IndexStore
import Testing
import VectorCore

/// What every backend of this module promises.
@Suite struct FaissIndexTests {
  private static let names = backends.map { $0.name }

  private func backend(_ name: String) throws -> any IndexBackend.Type {
    try #require(backends.first { $0.name == name })
  }

  @Test(arguments: names, Metric.allCases)
  func oneVector(name: String, metric: Metric) throws {
    let index = try build(backend(name), [3, 4], dimension: 2, metric: metric)
    let results = try index.search([3, 4].span, k: 5)
    #expect(results.counts == [1])
    #expect(results[0][0].id == 0)
    let expected: Float = metric == .innerProduct ? 25 : metric == .cosine ? 1 : 0
    #expect(abs(results[0][0].score - expected) < 1e-5)
  }

  @Test(arguments: names)
  func everySmallCount(name: String) throws {
    for count in 2...20 {
      let base = gaussian(count: count, dimension: 3)
      let index = try build(backend(name), base, dimension: 3)
      let results = try index.search(base.span, k: count + 1, parameters: [:])
      #expect(results.k == count)
      #expect(results.counts.allSatisfy { $0 <= count && $0 > 0 })
    }
  }

  @Test(arguments: names)
  func duplicateVectors(name: String) throws {
    let base = (0..<1200).map { Float($0 % 4 + 1) }
    for metric in Metric.allCases {
      let index = try build(backend(name), base, dimension: 4, metric: metric)
      let results = try index.search(Array(base[..<120]).span, k: 10)
      for query in 0..<30 {
        let rows = results[query].map(\.id)
        #expect(!rows.isEmpty && rows == rows.sorted() && Set(rows).count == rows.count)
      }
    }
  }

  @Test(arguments: names, Metric.allCases)
  func batchEqualsSingle(name: String, metric: Metric) throws {
    let base = gaussian(count: 1500, dimension: 24)
    let queries = gaussian(count: 70, dimension: 24, seed: 2)
    let index = try build(backend(name), base, dimension: 24, metric: metric)
    let batch = try index.search(queries.span, k: 10)
    for query in 0..<70 {
      let single = try index.search(Array(queries[query * 24..<(query + 1) * 24]).span, k: 10)
      #expect(single[0] == batch[query])
    }
    for threads in [2, 3, 7] {
      #expect(try index.search(queries.span, k: 10, threads: threads) == batch)
    }
  }

  @Test(arguments: names)
  func concurrentSearches(name: String) async throws {
    let base = gaussian(count: 1000, dimension: 16)
    let queries = gaussian(count: 50, dimension: 16, seed: 2)
    let index = try build(backend(name), base, dimension: 16)
    let expected = try index.search(queries.span, k: 10)
    try await withThrowingTaskGroup(of: SearchResults.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last = expected
          for _ in 0..<10 { last = try index.search(queries.span, k: 10, threads: 2) }
          return last
        }
      }
      for try await found in group { #expect(found == expected) }
    }
  }

  @Test(arguments: names)
  func wrongRequestsAreErrors(name: String) throws {
    let index = try build(backend(name), gaussian(count: 20, dimension: 4), dimension: 4)
    #expect(throws: IndexError.self) { try index.search([1, 2, 3].span, k: 1) }
    #expect(throws: IndexError.self) { try index.search([1, 2, 3, .nan].span, k: 1) }
    #expect(throws: IndexError.self) { try index.search([1, 2, 3, 4].span, k: 0) }
    #expect(throws: IndexError.self) {
      try index.search([1, 2, 3, 4].span, k: 1, parameters: ["width": 1])
    }
    #expect(throws: IndexError.emptySet(what: "memory")) {
      try build(backend(name), [], dimension: 4)
    }
    #expect(throws: IndexError.zeroVector(what: "memory", row: 1)) {
      try build(backend(name), [1, 2, 0, 0], dimension: 2, metric: .cosine)
    }
  }

  @Test(arguments: names)
  func keepsIDs(name: String) throws {
    let base = gaussian(count: 50, dimension: 4)
    let set = VectorSet(
      VectorSet(base, dimension: 4).source,
      ids: try VectorIDs((0..<50).map { 1000 - $0 })
    )
    let index = try backend(name).makeIndex(over: set, options: BuildOptions(metric: .squaredL2))
    let results = try index.search(Array(base[40..<44]).span, k: 1)
    #expect(results.ids.allSatisfy { (951...1000).contains($0) })
    #expect(index.summary.count == 50 && index.summary.dimension == 4)
  }
}
