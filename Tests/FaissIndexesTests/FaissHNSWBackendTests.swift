import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissHNSWBackendTests {
  @Test(arguments: [(Metric.cosine, 0.99), (.innerProduct, 0.93), (.squaredL2, 0.99)])
  func findsRealNeighbors(metric: Metric, floor: Double) throws {
    let (base, queries) = try (GloVe.base(), GloVe.queries())
    let options = BuildOptions(metric: metric, threads: 2)
    let truth = try FaissFlatBackend.makeIndex(over: base, options: options)
      .search(queries.span, k: 10)
    let index = try FaissHNSWBackend.makeIndex(
      over: base,
      parameters: ["M": 16, "efConstruction": 100],
      options: options
    )
    let wide = try index.search(queries.span, k: 10, parameters: ["efSearch": 256])
    let narrow = try index.search(queries.span, k: 10, parameters: ["efSearch": 10])
    let measured = recall(wide, truth)
    #expect(measured > floor, "\(metric): \(measured)")
    // faiss 1.7.3 itself would ignore an efSearch above 16 that comes with a call.
    #expect(recall(narrow, truth) < measured)
  }

  @Test func sameBytesForOneThread() throws {
    let base = gaussian(count: 2000, dimension: 10)
    let bytes = try (0..<2).map { _ in
      try serialized(
        build(FaissHNSWBackend.self, base, dimension: 10, parameters: ["efConstruction": 40])
      )
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test func seedChangesTheIndex() throws {
    let base = gaussian(count: 1000, dimension: 8)
    let bytes = try [1, 2].map { seed in
      try serialized(build(FaissHNSWBackend.self, base, dimension: 8, seed: seed))
    }
    #expect(bytes[0] != bytes[1])
  }

  @Test func distancesAreThoseOfTheRows() throws {
    let base = gaussian(count: 500, dimension: 9)
    let queries = gaussian(count: 20, dimension: 9, seed: 5)
    for metric in Metric.allCases {
      let index = try build(FaissHNSWBackend.self, base, dimension: 9, metric: metric)
      let results = try index.search(queries.span, k: 5)
      for query in 0..<20 {
        let exact = Dictionary(
          uniqueKeysWithValues: bruteForce(
            base,
            queries[query * 9..<(query + 1) * 9],
            metric: metric
          )
        )
        for neighbor in results[query] {
          let score = try #require(exact[Int(neighbor.id)])
          #expect(abs(Double(neighbor.score) - score) < 1e-4)
        }
      }
    }
  }

  @Test func unusableParametersAreErrors() throws {
    let base = gaussian(count: 30, dimension: 6)
    for parameters: Parameters in [["M": 1], ["efConstruction": 0], ["efSearch": 4]] {
      #expect(throws: IndexError.self, "\(parameters)") {
        try build(FaissHNSWBackend.self, base, dimension: 6, parameters: parameters)
      }
    }
    let index = try build(FaissHNSWBackend.self, base, dimension: 6)
    #expect(throws: IndexError.self) {
      try index.search(Array(base[..<6]).span, k: 1, parameters: ["efSearch": 0])
    }
  }
}
