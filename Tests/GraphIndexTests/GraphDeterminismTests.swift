import FlatIndex
import GraphIndex
import IndexStore
import Synchronization
import TestSupport
import Testing
import VectorCore

/// One set, one file: needleTests compares instruction sets, this compares threads.
@Suite struct GraphDeterminismTests {
  @Test(arguments: GraphCase.all, Metric.allCases)
  func anyNumberOfThreadsWritesTheSameBytes(_ graphCase: GraphCase, metric: Metric) throws {
    let folder = try TemporaryFolder()
    // Some copies, and more rows than a thread takes at a time.
    let values = SyntheticVectors.clustered(1_300, dimension: 21)
    for threads in 1...3 {
      let index = try hnsw(
        values + values.prefix(210),
        dimension: 21,
        metric,
        graphCase.with(["efConstruction": 24]).parameters,
        threads: threads
      )
      _ = try IndexFile.write(index, to: folder.path("\(threads)"), compress: false)
      #expect(try folder.bytes("\(threads)") == folder.bytes("1"), "\(threads) threads")
    }
  }

  /// Where neighbors come from another index, the graph is built from these.
  @Test(arguments: Metric.allCases)
  func neighborsOfAnExactIndexGiveAGraphOfTheirOwn(metric: Metric) throws {
    let (dimension, count) = (12, 2_000)
    let values = SyntheticVectors.clustered(count, dimension: dimension)
    let queries = SyntheticVectors.clustered(50, dimension: dimension, seed: 1_001)
    let asked = Mutex(0)
    func build(threads: Int) throws -> any StoredIndex {
      try HNSWBackend.makeIndex(
        over: VectorSet(values, dimension: dimension),
        options: BuildOptions(metric: metric, threads: threads) { _ in
        } exactIndex: { set, metric in
          asked.withLock { $0 += 1 }
          #expect(set.count == count)
          return try FlatBackend.makeIndex(over: set, options: BuildOptions(metric: metric))
        }
      )
    }
    let folder = try TemporaryFolder()
    for threads in [1, 3] {
      _ = try IndexFile.write(
        build(threads: threads),
        to: folder.path("\(threads)"),
        compress: false
      )
    }
    #expect(asked.withLock { $0 } == 2)
    #expect(try folder.bytes("1") == folder.bytes("3"))
    let truth = try flat(values, dimension: dimension, metric).search(queries.span, k: 10)
    let search: Parameters = ["efSearch": .integer(64)]
    let found = try build(threads: 2).search(queries.span, k: 10, parameters: search)
    let usual = try hnsw(values, dimension: dimension, metric)
      .search(queries.span, k: 10, parameters: search)
    #expect(recall(found, truth) >= recall(usual, truth) - 0.02)
  }
}
