import ClusterIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Sets that the codes cannot hold are refused with a remedy.
@Suite struct RefusalTests {
  @Test func vectorsThatOverflowTheProductsAreRefused() throws {
    let vectors = seededVectors(count: 2, dimension: 8_192, seed: 1)
    let error = #expect(throws: IndexError.self) {
      try IVFBackend.makeIndex(over: vectors, options: BuildOptions(metric: .innerProduct))
    }
    #expect(error?.description.contains("1 to 8191 with ivf; use flat") == true)
  }

  @Test func theLongestVectorsAreTaken() throws {
    let vectors = seededVectors(count: 40, dimension: 8_191, seed: 2)
    let index = try IVFBackend.makeIndex(
      over: vectors,
      options: BuildOptions(metric: .squaredL2)
    )
    let found = try index.search(vectors, k: 1, parameters: ["margin": 1_000])
    #expect(found.ids == Array(0..<40))
  }

  @Test func halfPrecisionIsRefusedForLargeValues() throws {
    let vectors = VectorSet([1, 2, 70_000, 4], dimension: 2)
    let error = #expect(throws: IndexError.self) {
      try IVFBackend.makeIndex(
        over: vectors,
        parameters: ["rerank": "f16"],
        options: BuildOptions(metric: .innerProduct)
      )
    }
    #expect(error?.description.contains("f32 or residual") == true)
    let index = try IVFBackend.makeIndex(
      over: vectors,
      options: BuildOptions(metric: .innerProduct)
    )
    #expect(index.summary.parameters["rerank"] == "f32")
  }

  @Test(arguments: Metric.allCases)
  func residualsRankLikeTheVectors(metric: Metric) throws {
    let vectors = try VectorSet.open(RealVectors.base)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    let results = try ["f32", "residual"].map { kind in
      let index = try IVFBackend.makeIndex(
        over: vectors,
        parameters: ["rerank": .text(kind)],
        options: BuildOptions(metric: metric)
      )
      return try index.search(queries, k: 10, parameters: ["margin": 4, "rerank": 40])
    }
    var same = 0
    for query in 0..<queries.count {
      let names = results.map { Set($0[query].map(\.id)) }
      same += names[0].intersection(names[1]).count
      for (exact, coded) in zip(results[0][query], results[1][query]) {
        // Sixteen bits a value, of residuals and of the query's own rounding none.
        #expect(abs(exact.score - coded.score) <= 2e-3 * max(1, abs(exact.score)))
      }
    }
    #expect(Double(same) >= 0.995 * Double(10 * queries.count), "\(same)")
  }
}
