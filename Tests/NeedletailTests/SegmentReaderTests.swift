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
      for _ in 0..<4 {
        group.addTask {
          var generation = 0
          while !progress.isDone.load(ordering: .acquiring) {
            let index = try SegmentedIndex(path)
            #expect(index.generation >= generation)
            generation = index.generation
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
}
