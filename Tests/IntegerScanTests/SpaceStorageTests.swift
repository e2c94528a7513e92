import IndexStore
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// A space comes back from a file as it was, or is refused.
@Suite struct SpaceStorageTests {
  /// An index that is nothing but a space.
  private struct SpaceIndex: StoredIndex {
    let summary: IndexSummary
    let ids = VectorIDs.rowNumbers
    let space: ScanSpace

    struct Unsearchable: Error {}

    init(_ metric: Metric) {
      summary = IndexSummary(
        backend: "space",
        parameters: [:],
        metric: metric,
        count: 3,
        dimension: 5,
        seed: 11
      )
      space = ScanSpace(
        metric: metric,
        mean: [1, -2, 3, 0, 0.1],
        normMean: 7.5,
        normWeight: 1.25,
        seed: 11
      )
    }

    func store(in writer: inout IndexFileWriter) throws { try space.store(in: &writer) }

    func nearestRows(
      to queries: Span<Float>,
      k: Int,
      parameters: Parameters,
      threads: Int
    ) throws -> NearestRows { throw Unsearchable() }
  }

  private let folder: TemporaryFolder
  private var path: String { folder.path("space") }

  init() throws { folder = try TemporaryFolder() }

  private func reopened(_ change: (inout RewrittenIndex) -> Void) throws -> ScanSpace {
    _ = try IndexFile.write(SpaceIndex(.squaredL2), to: path, compress: false)
    var parts = try RewrittenIndex(IndexFile.open(path))
    change(&parts)
    _ = try IndexFile.write(parts, to: path, compress: false)
    return try ScanSpace(IndexFile.open(path))
  }

  @Test(arguments: Metric.allCases, [false, true])
  func aSpaceComesBack(metric: Metric, compress: Bool) throws {
    let index = SpaceIndex(metric)
    _ = try IndexFile.write(index, to: path, compress: compress)
    let space = try ScanSpace(IndexFile.open(path))
    #expect(space.metric == metric)
    #expect(space.mean == index.space.mean)
    #expect(space.normMean == 7.5)
    #expect(space.normWeight == 1.25)
    let vector: [Float] = [9, 8, 7, 6, 5]
    #expect(space.image(ofVector: vector) == index.space.image(ofVector: vector))
    #expect(space.image(ofQuery: vector) == index.space.image(ofQuery: vector))
  }

  @Test func meansWithoutSenseAreRefused() throws {
    for bad: Float in [.nan, .infinity, -.infinity] {
      for column in [0, 4] {
        let error = #expect(throws: FileError.self) {
          _ = try reopened { $0.set("mean", column, to: bad) }
        }
        #expect(error?.kind == .badData && error?.path == path)
        #expect(error?.description.contains("'mean'") == true)
      }
    }
    #expect(throws: FileError.self) { _ = try reopened { $0.words["mean"] = nil } }
    #expect(throws: FileError.self) { _ = try reopened { $0.words["mean"]?.append(0) } }
    #expect(throws: FileError.self) { _ = try reopened { _ = $0.words["mean"]?.popLast() } }
  }

  @Test func numbersWithoutSenseAreRefused() throws {
    for (name, bad) in [
      ("norm-mean", Float.nan), ("norm-mean", -1), ("norm-mean", -.infinity), ("norm-weight", .nan),
      ("norm-weight", 0), ("norm-weight", -0.0), ("norm-weight", -1),
    ] {
      let error = #expect(throws: FileError.self, "\(name) \(bad)") {
        _ = try reopened { $0.attributes[name] = Int(bad.bitPattern) }
      }
      #expect(error?.kind == .badData)
    }
    for name in ["norm-mean", "norm-weight"] {
      for bad in [nil, -1, Int(UInt32.max) + 1, .max, .min] as [Int?] {
        #expect(throws: FileError.self) { _ = try reopened { $0.attributes[name] = bad } }
      }
    }
    #expect(try reopened { $0.attributes["norm-mean"] = 0 }.normMean == 0)
  }
}
