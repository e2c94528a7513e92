import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// What a stored screen holds comes back, or is refused.
@Suite struct ScreenStorageTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("index") }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ metric: Metric, scale: Float = 1) throws -> ScreenedPair {
    let values = SyntheticVectors.clustered(2_500, dimension: 9).map { $0 * scale }
    let pair = try ScreenedPair(values, dimension: 9, metric)
    _ = try IndexFile.write(pair.screened, to: path, compress: false)
    return pair
  }

  private func open() throws -> any StoredIndex { try FlatBackend.open(IndexFile.open(path)) }

  /// Opens the file after a change whose checksums fit.
  private func reopened(
    _ change: (inout RewrittenIndex) -> Void
  ) throws -> any StoredIndex {
    var parts = try RewrittenIndex(IndexFile.open(path))
    change(&parts)
    _ = try IndexFile.write(parts, to: folder.path("changed"), compress: false)
    return try FlatBackend.open(IndexFile.open(folder.path("changed")))
  }

  @Test(arguments: Metric.allCases)
  func anOpenedIndexAnswersAsTheBuiltOne(metric: Metric) throws {
    let pair = try write(metric)
    let queries = SyntheticVectors.uniform(20, dimension: 9, seed: 3)
    #expect(
      try open().search(queries.span, k: 30) == pair.plain.search(queries.span, k: 30)
    )
  }

  /// Bounds overflow, everything is scored in full; a file of such vectors is no corrupt one.
  @Test(arguments: Metric.allCases, [Float(1e-30), 1e15, 1e20, 1e30])
  func enormousVectorsCanBeStored(metric: Metric, scale: Float) throws {
    let pair = try write(metric, scale: scale)
    let queries = SyntheticVectors.uniform(5, dimension: 9, seed: 3).map { $0 * scale }
    let opened = try open()
    let truth = try pair.plain.search(queries.span, k: 30)
    let found = try opened.search(queries.span, k: 30)
    #expect(found.ids == truth.ids)
    #expect(found.scores.map(\.bitPattern) == truth.scores.map(\.bitPattern))
  }

  @Test(arguments: ["units", "lengths", "errors", "norms"])
  func boundsThatAreNoNumbersAreRefused(section: String) throws {
    _ = try write(.squaredL2)
    for bad: Float in [.nan, -1, -.infinity, -.leastNonzeroMagnitude] {
      let error = #expect(throws: FileError.self, "\(bad)") {
        _ = try reopened { $0.set(section, 1, to: bad) }
      }
      #expect(error?.kind == .badData)
      #expect(error?.description.contains("'\(section)'") == true)
    }
  }

  @Test func aMeanOrWeightWithoutSenseIsRefused() throws {
    _ = try write(.squaredL2)
    for bad: Float in [.nan, .infinity, -.infinity] {
      #expect(throws: FileError.self) { _ = try reopened { $0.set("mean", 4, to: bad) } }
    }
    for (name, bad) in [
      ("norm-mean", Float.nan), ("norm-mean", -1), ("norm-weight", 0), ("norm-weight", .nan),
    ] {
      #expect(throws: FileError.self) {
        _ = try reopened { $0.attributes[name] = Int(bad.bitPattern) }
      }
    }
    for bad in [-1, Int(UInt32.max) + 1] {
      #expect(throws: FileError.self) { _ = try reopened { $0.attributes["norm-weight"] = bad } }
    }
    #expect(throws: FileError.self) { _ = try reopened { $0.attributes["norm-weight"] = nil } }
  }

  @Test func sectionsOfAnotherSizeAreRefused() throws {
    _ = try write(.squaredL2)
    let parts = try RewrittenIndex(IndexFile.open(path))
    #expect(Set(parts.words.keys) == ["mean", "units", "lengths", "errors", "norms", "rows"])
    for name in parts.words.keys {
      #expect(throws: FileError.self) { _ = try reopened { _ = $0.words[name]?.popLast() } }
      #expect(throws: FileError.self) { _ = try reopened { $0.words[name]?.append(0) } }
      #expect(throws: FileError.self) { _ = try reopened { $0.words[name] = nil } }
    }
    #expect(throws: FileError.self) { _ = try reopened { _ = $0.bytes["codes"]?.popLast() } }
    #expect(throws: FileError.self) { _ = try reopened { $0.bytes["codes"] = nil } }
  }

  /// Numbers that may be true of some vectors, though not of these: an answer, whatever it is.
  @Test(arguments: Metric.allCases)
  func boundsOfOtherVectorsAreNoTrap(metric: Metric) throws {
    _ = try write(metric)
    let queries = SyntheticVectors.uniform(3, dimension: 9, seed: 3)
    for value: Float in [
      0, .leastNonzeroMagnitude, 1e-30, 1e30, .greatestFiniteMagnitude, .infinity,
    ] {
      for section in ["units", "lengths", "errors", "norms"] {
        let index = try reopened { parts in
          for place in 0..<3 { parts.set(section, place, to: value) }
        }
        #expect(try index.search(queries.span, k: 40).counts == [40, 40, 40])
      }
      for name in ["norm-mean", "norm-weight"] where value > 0 {
        let index = try reopened { $0.attributes[name] = Int(value.bitPattern) }
        #expect(try index.search(queries.span, k: 40).counts == [40, 40, 40])
      }
      let index = try reopened { $0.set("mean", 4, to: min(value, .greatestFiniteMagnitude)) }
      #expect(try index.search(queries.span, k: 40).counts == [40, 40, 40])
    }
    let zeros = try reopened { $0.bytes["codes"] = $0.bytes["codes"].map { $0.map { _ in 0 } } }
    #expect(try zeros.search(queries.span, k: 40).counts == [40, 40, 40])
  }
}
