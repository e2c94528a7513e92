import Benchmarking
import Foundation
import Needletail
import TestSupport
import Testing

struct RealBackendTests {
  @Test(arguments: Metric.allCases)
  func flatIsExactAndTheGraphFallsLittleShort(metric: Metric) throws {
    let folder = try TemporaryFolder()
    let vectors = gridVectors(2000, dimension: 24, seed: 1)
    let queries = gridVectors(100, dimension: 24, seed: 2)
    let own = backends.filter { $0.name == "flat" || $0.name == "hnsw" }
    try #require(own.count == 2)
    let flat = try own[0].makeIndex(over: vectors, options: BuildOptions(metric: metric))
    let truth = try GroundTruth.compute(with: flat, queries: queries, k: 10, threads: 2)
    // The scan of the tests knows nothing of our kernels.
    try truth.spotCheck(
      against: exactIndex(over: vectors, metric: metric),
      vectors: vectors,
      queries: queries,
      path: "flat",
      threads: 1
    )
    var plan = BenchmarkPlan(
      try BenchmarkCandidate.candidates(
        own.map { ($0, [:]) },
        sweep: ["efSearch": [10, 40, 160]]
      ),
      metric: metric,
      dataset: "grid"
    )
    plan.threads = 2
    plan.scratchFolder = folder.path
    let records = try Benchmark.run(plan, vectors: vectors, queries: queries, truth: truth)
    #expect(records.map(\.index.backend) == ["flat", "hnsw", "hnsw", "hnsw"])
    #expect(records[0].search.recall == 1)
    #expect(records[1].search.recall <= records[3].search.recall)
    #expect(records[3].search.tolerantRecall > 0.95)
    let table = BenchmarkOutput.table(records)
    #expect(table.contains("efSearch=160"))
  }
}
