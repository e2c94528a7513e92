import Foundation
import Needletail
import TestSupport
import Testing

/// Random changes of a segmented index beside a dictionary that does the same.
///
/// `NEEDLETAIL_OPERATIONS` sets the number for each seed, for longer runs than a test may take:
/// `Scripts/check-model`.
@Suite struct SegmentModelTests {
  private static let dimension = 4
  private static let operations =
    ProcessInfo.processInfo.environment["NEEDLETAIL_OPERATIONS"].flatMap { Int($0) } ?? 2_500

  /// A vector with its attribute.
  private struct Entry {
    let vector: [Float]
    let group: Int64?
  }

  /// The same index, as plainly as can be.
  private struct Model {
    var entries: [String: Entry] = [:]

    /// The scores of the nearest, nearest first: vectors may be as near as others.
    func scores(
      _ query: [Float],
      _ metric: Metric,
      where isMatch: (Entry) -> Bool = { _ in true }
    ) -> [Double] {
      let scores = entries.values.filter(isMatch).map { referenceScore(query, $0.vector, metric) }
      return scores.sorted { metric.largerIsNearer ? $0 > $1 : $0 < $1 }
    }
  }

  /// New vectors, as they are given to an index and as the model has them.
  private struct Batch {
    let ids: [String]
    let entries: [Entry]
    let set: VectorSet
    let attributes: AttributeTable?

    /// One to `most` vectors, some with attributes.
    init(_ most: Int, _ generator: inout SplitMix64) throws {
      let names = (0..<Int.random(in: 1...most, using: &generator)).map { _ in
        "v\(Int.random(in: 0..<60, using: &generator))"
      }
      let ids = Array(Set(names)).sorted()
      let hasTable = Int.random(in: 0..<3, using: &generator) > 0
      entries = ids.map { _ in
        let group = hasTable ? Int64.random(in: 0..<5, using: &generator) : 4
        return Entry(vector: vector(&generator), group: group == 4 ? nil : group)
      }
      self.ids = ids
      set = VectorSet(
        VectorSet(entries.flatMap(\.vector), dimension: dimension).source,
        ids: VectorIDs(names: try VectorNames(ids))
      )
      let groups = entries.map(\.group)
      let column = AttributeTable.Column(
        name: "group",
        values: .integers(SharedArray(groups.map { $0 ?? 0 })),
        present: RowFilter(count: ids.count) { groups[Int($0)] != nil }
      )
      attributes = hasTable ? AttributeTable(count: ids.count, columns: [column]) : nil
    }
  }

  private static func vector(_ generator: inout SplitMix64) -> [Float] {
    // Few values, so that vectors come twice and distances tie.
    (0..<dimension).map { _ in Float(Int.random(in: 1...4, using: &generator)) }
  }

  private static func create(_ path: String, _ metric: Metric) throws -> SegmentWriter {
    try SegmentWriter(creating: path, "flat", metric: metric, dimension: dimension)
  }

  private func change(
    _ writer: SegmentWriter,
    _ model: inout Model,
    _ metric: Metric,
    _ generator: inout SplitMix64
  ) throws {
    let kind = Int.random(in: 0..<40, using: &generator)
    let batch = try Batch(kind == 0 ? 12 : 4, &generator)
    let known = batch.ids.filter { model.entries[$0] != nil }
    switch kind {
    case 0:
      let other = try TemporaryFolder(inMemory: true)
      let merged = try Self.create(other.path("index"), metric)
      try merged.add(batch.set, attributes: batch.attributes)
      #expect(try writer.merge(merged.folder, duplicates: .replace) == known.count)
      enter(batch, in: &model)
    case 1...2: try writer.compact()
    case 3..<16 where !known.isEmpty:
      #expect(throws: IndexError.self) { try writer.delete(known + ["nobody"]) }
      try writer.delete(known)
      for id in known { model.entries[id] = nil }
    case 16..<24 where !known.isEmpty:
      #expect(throws: IndexError.self) { try writer.add(batch.set) }
    default:
      let replaced = try writer.add(
        batch.set,
        duplicates: .replace,
        attributes: batch.attributes
      )
      #expect(replaced == known.count)
      enter(batch, in: &model)
    }
  }

  private func enter(_ batch: Batch, in model: inout Model) {
    for (id, entry) in zip(batch.ids, batch.entries) { model.entries[id] = entry }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4], [Metric.squaredL2, .cosine])
  func itHoldsWhatTheDictionaryHolds(_ seed: UInt64, _ metric: Metric) throws {
    let folder = try TemporaryFolder(inMemory: true)
    let path = folder.path("index")
    var generator = SplitMix64(seed: seed)
    var model = Model()
    var writer: SegmentWriter? = try Self.create(path, metric)
    var reader = try SegmentedIndex(path)
    for operation in 0..<Self.operations {
      let place: Comment = "seed \(seed), operation \(operation)"
      try change(#require(writer), &model, metric, &generator)
      // As often as not the writer is another one, as in another process.
      if operation % 2 == 0 {
        writer = nil
        writer = try SegmentWriter(path)
      }
      // And the reader one that follows.
      reader = operation % 3 == 0 ? try SegmentedIndex(path) : try reader.refreshed()
      #expect(reader.summary.count == model.entries.count, place)
      #expect(writer?.count == model.entries.count, place)
      try compare(reader, model, metric, &generator, place)
    }
  }

  /// Compares a search, one of a filter, and one within a threshold.
  private func compare(
    _ index: SegmentedIndex,
    _ model: Model,
    _ metric: Metric,
    _ generator: inout SplitMix64,
    _ place: Comment
  ) throws {
    let (query, k) = (Self.vector(&generator), Int.random(in: 1...8, using: &generator))
    let all = model.scores(query, metric)
    try compare(index.search(query.span, k: k)[0], Array(all.prefix(k)), query, index, model, place)

    let group = Int64.random(in: 0..<4, using: &generator)
    let matching = model.scores(query, metric) { $0.group == group }
    if let table = index.attributeTable, table.columns.contains(where: { $0.name == "group" }) {
      let rows = try Predicate(parsing: "group == \(group)").rows(of: table)
      let found = try index.matching(rows).search(query.span, k: k)[0]
      try compare(found, Array(matching.prefix(k)), query, index, model, place)
      #expect(found.allSatisfy { model.entries[index.ids.text(of: $0.id)]?.group == group }, place)
    } else {
      #expect(matching.isEmpty, place)
    }

    // Half way between two scores, so that rounding cannot decide.
    let rank = Int.random(in: 0...all.count, using: &generator)
    guard rank > 0, rank < all.count, abs(all[rank - 1] - all[rank]) > 1e-3 else { return }
    let threshold = Float((all[rank - 1] + all[rank]) / 2)
    let within = try index.search(query.span, within: threshold)[0]
    try compare(within, Array(all.prefix(rank)), query, index, model, place)
  }

  private func compare(
    _ found: [Neighbor],
    _ expected: [Double],
    _ query: [Float],
    _ index: SegmentedIndex,
    _ model: Model,
    _ place: Comment
  ) throws {
    #expect(found.count == expected.count, place)
    for (neighbor, score) in zip(found, expected) {
      let own = try #require(model.entries[index.ids.text(of: neighbor.id)], place)
      #expect(abs(Double(neighbor.score) - score) < 1e-5, place)
      #expect(abs(referenceScore(query, own.vector, index.summary.metric) - score) < 1e-5, place)
    }
    #expect(Set(found.map(\.id)).count == found.count, place)
  }
}
