import Needletail
import Synchronization
import TestSupport
import Testing

/// Readers that go on while an index changes.
@Suite struct SegmentReaderTests {
  private static let dimension = 8

  private final class Progress: Sendable {
    let isDone = Atomic(false)
    let snapshots = Atomic(0)
  }

  /// Pairs of ids that are added and deleted together: a reader that sees one of them sees a state that
  /// never was.
  @Test func readersSeeWholeChanges() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("index")
    let values = seededValues(count: 2, dimension: Self.dimension, seed: 1)
    let writer = try SegmentWriter(
      creating: path,
      "flat",
      metric: .squaredL2,
      dimension: Self.dimension
    )
    func add(_ number: Int) throws {
      let ids = try VectorNames(["\(number)-a", "\(number)-b"])
      let set = VectorSet(values, dimension: Self.dimension)
      try writer.add(VectorSet(set.source, ids: VectorIDs(names: ids)), duplicates: .replace)
    }
    try add(0)
    let progress = Progress()
    let query = Array(values[..<Self.dimension])
    try await withThrowingTaskGroup { group in
      for reader in 0..<4 {
        group.addTask {
          var index = try SegmentedIndex(path)
          while !progress.isDone.load(ordering: .acquiring) {
            let generation = index.generation
            index = try reader.isMultiple(of: 2) ? SegmentedIndex(path) : index.refreshed()
            #expect(index.generation >= generation)
            let found = try index.search(query.span, k: 1_000)[0]
            #expect(found.count == index.summary.count)
            let words = Set(found.map { index.ids.text(of: $0.id) })
            #expect(words.count == found.count)
            for word in words {
              let other = word.hasSuffix("a") ? word.dropLast() + "b" : word.dropLast() + "a"
              #expect(words.contains(String(other)), "\(word) without \(other)")
            }
            progress.snapshots.wrappingAdd(1, ordering: .relaxed)
            await Task.yield()
          }
        }
      }
      defer { progress.isDone.store(true, ordering: .releasing) }
      for number in 1...60 {
        try add(number % 20)
        if number % 7 == 0 { try writer.delete(["\(number % 20)-a", "\(number % 20)-b"]) }
        if number % 25 == 0 { try writer.compact() }
        await Task.yield()
      }
      progress.isDone.store(true, ordering: .releasing)
      try await group.waitForAll()
    }
    #expect(progress.snapshots.load(ordering: .relaxed) > 4)
  }

  /// A snapshot that follows changes is what one is that is opened after them.
  @Test func aRefreshedSnapshotIsLikeANewOne() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("index")
    let writer = try SegmentWriter(
      creating: path,
      "flat",
      metric: .squaredL2,
      dimension: Self.dimension
    )
    var followed = try SegmentedIndex(path)
    let queries = seededValues(count: 5, dimension: Self.dimension, seed: 9)
    var next = 0
    func add(_ count: Int) throws {
      let values = seededValues(count: count, dimension: Self.dimension, seed: UInt64(next))
      let ids = try VectorNames((next..<next + count).map { "v\($0)" })
      next += count
      let set = VectorSet(values, dimension: Self.dimension)
      try writer.add(VectorSet(set.source, ids: VectorIDs(names: ids)))
    }
    let changes: [() throws -> Void] = [
      { try add(20) }, { try add(7) }, { try writer.delete(["v3", "v25"]) }, { try add(4) },
      { try writer.delete((20..<27).filter { $0 != 25 }.map { "v\($0)" }) },
      { try writer.delete(["v4"]) }, { try writer.compact() }, { try add(1) },
    ]
    for (number, change) in changes.enumerated() {
      let before = try followed.search(queries.span, k: 100)
      try change()
      #expect(
        try followed.search(queries.span, k: 100).scores == before.scores,
        "a snapshot changed"
      )
      followed = try followed.refreshed()
      let opened = try SegmentedIndex(path)
      #expect(followed.generation == opened.generation && followed.summary == opened.summary)
      let (found, expected) = try (
        followed.search(queries.span, k: 100), opened.search(queries.span, k: 100)
      )
      #expect(found.ids == expected.ids && found.scores == expected.scores, "change \(number)")
      let words = { (index: SegmentedIndex) in
        (0..<(index.ids.count ?? 0)).map { index.ids.word(at: $0) }
      }
      #expect(words(followed) == words(opened), "change \(number)")
      #expect(try followed.refreshed().generation == followed.generation)
    }
  }
}
