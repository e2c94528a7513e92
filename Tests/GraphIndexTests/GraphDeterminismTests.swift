import GraphIndex
import IndexStore
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
}
