import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A first pass over codes changes no answer, whatever the shape of the set and of the search.
@Suite struct ScreenedFlatTests {
  @Test(arguments: Metric.allCases, [1, 2, 3, 16, 50, 384, 1_000, 4_096])
  func everyDimension(metric: Metric, dimension: Int) throws {
    let count = dimension > 500 ? 2_100 : 3_100
    let vectors = SyntheticVectors.clustered(count, dimension: dimension)
    let queries = SyntheticVectors.clustered(6, dimension: dimension, seed: 7)
    let pair = try ScreenedPair(vectors, dimension: dimension, metric)
    try pair.expectSameAnswers(queries, k: [1, 10, 100])
    #expect(try pair.observations()["screened_pairs", default: 0] > 0)
  }

  @Test(arguments: Metric.allCases, [1, 2, 31, 32, 33, 1_023, 1_024, 1_025, 2_048, 2_049, 5_000])
  func everyCount(metric: Metric, count: Int) throws {
    let vectors = SyntheticVectors.uniform(count, dimension: 20)
    let queries = SyntheticVectors.uniform(5, dimension: 20, seed: 7)
    let pair = try ScreenedPair(vectors, dimension: 20, metric)
    try pair.expectSameAnswers(queries, k: [1, 10, 100, count], threads: [1, 2, 5])
  }

  @Test(arguments: Metric.allCases)
  func everyBatch(metric: Metric) throws {
    let vectors = SyntheticVectors.clustered(4_000, dimension: 30)
    // More queries than go through the rows together.
    let queries = SyntheticVectors.clustered(600, dimension: 30, seed: 7)
    let pair = try ScreenedPair(vectors, dimension: 30, metric)
    try pair.expectSameAnswers(queries, k: [10], threads: [1, 2, 5])
    let truth = try pair.plain.search(queries.span, k: 10)
    for batch in [1, 2, 7, 64, 253] {
      let some = Array(queries[..<(batch * 30)])
      for threads in [1, 2, 5] {
        let found = try pair.screened.search(some.span, k: 10, threads: threads)
        for query in 0..<batch { #expect(found[query] == truth[query]) }
      }
    }
  }

  @Test(arguments: Metric.allCases)
  func mostPairsNeverReachTheFullScan(metric: Metric) throws {
    let vectors = SyntheticVectors.uniform(20_000, dimension: 64)
    let queries = SyntheticVectors.uniform(20, dimension: 64, seed: 7)
    let pair = try ScreenedPair(vectors, dimension: 64, metric)
    try pair.expectSameAnswers(queries, k: [10], threads: [1])
    let seen = try pair.observations()
    #expect(seen["unscreened_pairs"] == 20 * 1_024)
    #expect(seen["screened_pairs"] == 20 * (20_000 - 1_024))
    // Some must survive, or the codes are as good as the vectors.
    #expect((1...20 * 500).contains(seen["surviving_pairs", default: 0]), "\(seen)")
  }

  @Test(arguments: Metric.allCases)
  func anyNumberOfThreadsEncodesTheSame(metric: Metric) throws {
    let folder = try TemporaryFolder()
    let vectors = SyntheticVectors.clustered(5_000, dimension: 18)
    for threads in [1, 2, 5] {
      let pair = try ScreenedPair(vectors, dimension: 18, metric, threads: threads)
      _ = try IndexFile.write(pair.screened, to: folder.path("\(threads)"), compress: false)
      #expect(try folder.bytes("\(threads)") == folder.bytes("1"))
    }
  }
}
