import Foundation
import Needletail
import TestSupport
import Testing

/// An index that is changed: adds, deletes, replacements, compaction.
@Suite struct SegmentedIndexTests {
  private let folder: TemporaryFolder
  private static let dimension = 8

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.path("docs") }

  private func create(_ specification: String = "flat", _ metric: Metric = .squaredL2) throws {
    _ = try SegmentWriter(
      creating: path,
      specification,
      metric: metric,
      dimension: Self.dimension
    )
  }

  private func set(_ count: Int, seed: UInt64, ids: VectorIDs = .rowNumbers) -> VectorSet {
    VectorSet(
      seededVectors(count: count, dimension: Self.dimension, seed: seed).source,
      ids: ids
    )
  }

  private func found(_ query: VectorSet, k: Int = 5) throws -> [String] {
    let index = try SegmentedIndex(path)
    return try index.search(query, k: k)[0].map { index.ids.text(of: $0.id) }
  }

  @Test func whatIsAddedIsFoundUnderItsNumber() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(20, seed: 1))
    try writer.add(set(30, seed: 2))
    #expect(writer.count == 50)
    let index = try SegmentedIndex(path)
    #expect(index.summary.count == 50)
    #expect(index.generation == 2)
    for (seed, first, count) in [(UInt64(1), 0, 20), (2, 20, 30)] {
      let results = try index.search(set(count, seed: seed), k: 1)
      #expect(results.ids == (0..<count).map { UInt64(first + $0) })
      #expect(results.scores.allSatisfy { $0 < 1e-6 })
    }
  }

  @Test func aSnapshotDoesNotChange() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(20, seed: 1))
    let before = try SegmentedIndex(path)
    try writer.delete(["3"])
    try writer.add(set(5, seed: 2))
    try writer.compact()
    #expect(before.summary.count == 20)
    #expect(try before.search(set(20, seed: 1), k: 1).ids == (0..<20).map { UInt64($0) })
    #expect(try SegmentedIndex(path).summary.count == 24)
  }

  @Test func deletedVectorsAreNotFound() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(20, seed: 1))
    try writer.delete(["3", "7"])
    #expect(writer.count == 18)
    let index = try SegmentedIndex(path)
    let all = try index.search(set(20, seed: 1), k: 20)
    #expect(all.k == 18)
    for query in 0..<20 {
      #expect(Set(all[query].map(\.id)) == Set((0..<20).map { UInt64($0) }).subtracting([3, 7]))
    }
    #expect(throws: IndexError.self) { try writer.delete(["8", "3"]) }
    #expect(writer.count == 18)
    try writer.delete((0..<20).filter { $0 != 3 && $0 != 7 }.map { "\($0)" })
    #expect(try SegmentedIndex(path).summary.count == 0)
    #expect(try SegmentedIndex(path).search(set(1, seed: 1), k: 3).counts == [0])
  }

  @Test func idsAreNotGivenTwice() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(3, seed: 1, ids: VectorIDs([5, 9, 1])))
    #expect(throws: IndexError.self) { try writer.add(set(2, seed: 2, ids: VectorIDs([7, 9]))) }
    #expect(writer.count == 3)
    try writer.add(set(2, seed: 3))
    #expect(Set(try found(set(1, seed: 3))) == ["5", "9", "1", "10", "11"])
    #expect(throws: IndexError.self) {
      try writer.add(set(1, seed: 2, ids: VectorIDs(names: VectorNames(["a"]))))
    }
  }

  @Test func whereNoNumberIsLeftIDsMustBeGiven() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(1, seed: 1, ids: VectorIDs([.max])))
    #expect(throws: IndexError.self) { try writer.add(set(2, seed: 2)) }
    #expect(writer.count == 1)
    #expect(try found(set(1, seed: 1)) == ["\(UInt64.max)"])
  }

  @Test func replacementsTakeThePlace() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(3, seed: 1, ids: VectorIDs(names: VectorNames(["a", "b", "é"]))))
    let changed = set(2, seed: 2, ids: VectorIDs(names: try VectorNames(["é", "new"])))
    #expect(try writer.add(changed, duplicates: .replace) == 1)
    #expect(writer.count == 4)
    let results = try SegmentedIndex(path).search(set(2, seed: 2), k: 1)
    #expect(results.scores.allSatisfy { $0 < 1e-6 })
    #expect(try found(set(1, seed: 2))[0] == "é")
    #expect(Set(try found(set(1, seed: 2))) == ["a", "b", "é", "new"])
    try writer.delete(["é"])
    #expect(Set(try found(set(1, seed: 2))) == ["a", "b", "new"])
    #expect(throws: IndexError.self) { try writer.add(set(1, seed: 4)) }
  }

  @Test(arguments: ["flat", "hnsw:M=8", "ivf"], Metric.allCases)
  func compactionGivesWhatAFreshBuildWould(_ specification: String, _ metric: Metric) throws {
    try create(specification, metric)
    let writer = try SegmentWriter(path)
    for seed in 1...4 { try writer.add(set(50, seed: UInt64(seed))) }
    try writer.delete((0..<200).filter { $0 % 3 == 0 }.map { "\($0)" })
    let before = try SegmentedIndex(path).search(set(10, seed: 9), k: 20)
    try writer.compact()
    let index = try SegmentedIndex(path)
    #expect(index.summary.count == 133)
    #expect(try index.search(set(10, seed: 9), k: 20) == before)
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(names == ["lock", "manifest.json", "segment-5.needle", "segment-5.npy"])
    // Nothing is left to do.
    try writer.compact()
    #expect(try SegmentedIndex(path).generation == index.generation)
  }

  @Test func manySmallSegmentsAreJoined() throws {
    try create()
    let writer = try SegmentWriter(path)
    for seed in 1...20 { try writer.add(set(2, seed: UInt64(seed))) }
    let files = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(files.count { $0.hasSuffix(".needle") } <= 8)
    #expect(try SegmentedIndex(path).summary.count == 40)
    for seed in 1...20 {
      let results = try SegmentedIndex(path).search(set(2, seed: UInt64(seed)), k: 1)
      #expect(results.ids == [UInt64(2 * seed - 2), UInt64(2 * seed - 1)])
    }
  }

  @Test func filtersAreOfAllRows() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(20, seed: 1))
    try writer.add(set(20, seed: 2))
    try writer.delete(["2", "22"])
    let index = try SegmentedIndex(path)
    let filter = RowFilter(count: 40) { $0 % 2 == 0 }
    let view = try index.matching(filter)
    #expect(view.summary.count == 18)
    // What follows the changes of the index would not know the filter.
    #expect(!(view is SegmentedIndex))
    let results = try view.search(set(3, seed: 1), k: 40)
    for query in 0..<3 {
      let expected = Set(filter.rows.map { UInt64($0) }).subtracting([2, 22])
      #expect(Set(results[query].map(\.id)) == expected)
    }
    #expect(throws: IndexError.self) { try index.matching(RowFilter(count: 38, rows: [])) }
  }

  @Test func indexesAreMerged() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(4, seed: 1))
    let other = try SegmentWriter(
      creating: folder.path("other"),
      "flat",
      metric: .squaredL2,
      dimension: Self.dimension
    )
    try other.add(set(3, seed: 2, ids: VectorIDs([3, 50, 60])))
    try other.delete(["60"])
    #expect(throws: IndexError.self) { try writer.merge(folder.path("other")) }
    #expect(try writer.merge(folder.path("other"), duplicates: .replace) == 1)
    #expect(Set(try found(set(1, seed: 2), k: 9)) == ["0", "1", "2", "3", "50"])
    #expect(try found(set(1, seed: 2))[0] == "3")
  }

  @Test func thereIsOneWriter() throws {
    try create()
    let first = try SegmentWriter(path)
    let error = #expect(throws: FileError.self) { _ = try SegmentWriter(path) }
    #expect(error?.reason.contains("another process") == true)
    #expect(first.count == 0)
  }

  @Test func wrongVectorsChangeNothing() throws {
    try create("flat", .cosine)
    let writer = try SegmentWriter(path)
    try writer.add(set(3, seed: 1))
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let zero = VectorSet([Float](repeating: 0, count: Self.dimension), dimension: Self.dimension)
    let longer = seededVectors(count: 2, dimension: 9, seed: 1)
    var broken = seededValues(count: 2, dimension: Self.dimension, seed: 1)
    broken[11] = .nan
    for wrong in [zero, longer, VectorSet(broken, dimension: Self.dimension)] {
      #expect(throws: IndexError.self) { try writer.add(wrong) }
    }
    #expect(throws: IndexError.self) { try writer.add(VectorSet([], dimension: Self.dimension)) }
    #expect(writer.count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == names)
  }

  @Test func damagedFilesAreNamed() throws {
    try create()
    do {
      let writer = try SegmentWriter(path)
      try writer.add(set(70, seed: 1))
      try writer.delete(["3"])
    }
    let deleted = path + "/segment-1.deleted-2"
    var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: deleted)))
    bytes[0] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: deleted))
    let error = #expect(throws: FileError.self) { try SegmentedIndex(path) }
    #expect(error?.kind == .badData)
    #expect(error?.path == deleted)
    #expect(throws: FileError.self) { try SegmentedIndex(folder.path("nowhere")) }
    #expect(throws: FileError.self) { _ = try SegmentWriter(folder.path("nowhere")) }
  }

  @Test(arguments: [
    "", "{}", "[1]", #"{"format":"needletail segmented index","version":2}"#,
    #"{"format":"x"}"#,
  ])
  func manifestsThatMakeNoSenseAreRefused(_ content: String) throws {
    try create()
    try Data(content.utf8).write(to: URL(fileURLWithPath: path + "/manifest.json"))
    let error = #expect(throws: FileError.self) { try SegmentedIndex(path) }
    #expect(error?.kind == .badData)
  }

  /// Deleted rows are passed by every search, so that a segment of little else is written anew.
  @Test func segmentsThatAreMostlyDeletedAreRewritten() throws {
    try create("ivf")
    let writer = try SegmentWriter(path)
    try writer.add(set(10_000, seed: 1))
    try writer.add(set(12_000, seed: 2))
    try writer.delete((0..<5_000).map { "\($0)" })
    try writer.add(set(3, seed: 3))
    #expect(
      try SegmentedIndexReport(of: path).segments.map(\.summary.count) == [10_000, 12_000, 3]
    )
    try writer.delete(["5000"])
    try writer.add(set(2, seed: 4))
    let report = try SegmentedIndexReport(of: path)
    // The small ones are joined on this occasion.
    #expect(report.segments.map(\.summary.count) == [12_000, 5_004])
    #expect(report.segments.map(\.deletedCount) == [0, 0])
    #expect(report.count == 17_004)
    #expect(try found(set(3, seed: 3), k: 1) == ["22000"])
  }

  @Test func aWriterThatStandsBackWritesTheSame() throws {
    let usual = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    var files: [[UInt8]] = []
    for niceness in [0, 10, 100] {
      let path = folder.path("docs-\(niceness)")
      let writer = try SegmentWriter(
        creating: path,
        "hnsw:M=8",
        metric: .squaredL2,
        dimension: Self.dimension
      )
      writer.niceness = niceness
      try writer.add(set(SegmentWriter.smallest + 1, seed: 1), threads: 2)
      try writer.delete(["7"])
      try writer.compact(threads: 2)
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      let name = try #require(names.first { $0.hasSuffix(".needle") })
      files.append(try folder.bytes("docs-\(niceness)/\(name)"))
      // What the building throws comes through.
      var values = [Float](repeating: 1, count: Self.dimension)
      values[0] = .nan
      #expect(throws: IndexError.self) {
        try writer.add(VectorSet(values, dimension: Self.dimension))
      }
    }
    #expect(files[0] == files[1] && files[0] == files[2])
    #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == usual)
  }

  @Test func anotherModelIsRefused() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(5, seed: 1), model: "0123")
    #expect(try SegmentedIndex(path).summary.model == "0123")
    #expect(throws: IndexError.self) { try writer.add(set(5, seed: 2), model: "4567") }
    try writer.add(set(5, seed: 2))
    try writer.compact()
    #expect(try SegmentedIndexReport(of: path).model == "0123")
    #expect(writer.count == 10)
  }

  @Test func anUnusedIndexCanBeRemoved() throws {
    let writer = try SegmentWriter(creating: path, "flat", metric: .cosine, dimension: 8)
    let zeros = VectorSet([Float](repeating: 0, count: 8), dimension: 8)
    #expect(throws: IndexError.self) { try writer.add(zeros) }
    try writer.removeIfUnused()
    #expect(try folder.names().isEmpty)
    let second = try SegmentWriter(creating: path, "flat", metric: .cosine, dimension: 8)
    try second.add(set(3, seed: 1))
    try second.removeIfUnused()
    #expect(try SegmentedIndex(path).summary.count == 3)
  }

  @Test func aReportFindsDamage() throws {
    try create()
    let writer = try SegmentWriter(path)
    try writer.add(set(20, seed: 1))
    try writer.delete(["3", "4"])
    let report = try SegmentedIndexReport(of: path, verifies: true)
    #expect(report.count == 18 && report.segments.count == 1 && report.usesNames == false)
    #expect(report.fileBytes > 20 * Self.dimension * 8)
    for (name, offset) in [("segment-1.needle", 5_000), ("segment-1.deleted-2", 0)] {
      let bytes = try folder.bytes("docs/\(name)")
      var damaged = bytes
      damaged[offset] ^= 1
      try folder.file("docs/\(name)", damaged)
      let error = #expect(throws: FileError.self) {
        try SegmentedIndexReport(of: path, verifies: true)
      }
      #expect(error?.path.hasSuffix(name) == true)
      try folder.file("docs/\(name)", bytes)
    }
    var vectors = try folder.bytes("docs/segment-1.npy")
    for place in vectors.count - 4..<vectors.count { vectors[place] = 0xFF }
    try folder.file("docs/segment-1.npy", vectors)
    #expect(throws: IndexError.self) { try SegmentedIndexReport(of: path, verifies: true) }
  }
}
