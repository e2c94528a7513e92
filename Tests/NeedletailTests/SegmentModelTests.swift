import Foundation
import Needletail
import TestSupport
import Testing

/// Random changes of a segmented index beside a dictionary that does the same.
///
/// `NEEDLETAIL_OPERATIONS` sets the number for each seed, for longer runs than a test may take.
@Suite struct SegmentModelTests {
  private static let dimension = 4
  private static let operations =
    ProcessInfo.processInfo.environment["NEEDLETAIL_OPERATIONS"].flatMap { Int($0) } ?? 1_250

  /// The same index, as plainly as can be.
  private struct Model {
    var vectors: [String: [Float]] = [:]

    /// The scores of the nearest, nearest first: vectors may be as near as others.
    func nearest(_ query: [Float], k: Int, _ metric: Metric) -> [Double] {
      let scores = vectors.values.map { referenceScore(query, $0, metric) }
      return Array(scores.sorted { metric.largerIsNearer ? $0 > $1 : $0 < $1 }.prefix(k))
    }
  }

  private func vector(_ generator: inout SplitMix64) -> [Float] {
    // Few values, so that vectors come twice and distances tie.
    (0..<Self.dimension).map { _ in Float(Int.random(in: 1...4, using: &generator)) }
  }

  private func change(
    _ writer: SegmentWriter,
    _ model: inout Model,
    _ generator: inout SplitMix64
  ) throws {
    let names = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      "v\(Int.random(in: 0..<60, using: &generator))"
    }
    let ids = Array(Set(names)).sorted()
    let known = ids.filter { model.vectors[$0] != nil }
    let vectors = ids.map { _ in vector(&generator) }
    let set = VectorSet(
      VectorSet(Array(vectors.joined()), dimension: Self.dimension).source,
      ids: VectorIDs(names: try VectorNames(ids))
    )
    switch Int.random(in: 0..<20, using: &generator) {
    case 0: try writer.compact()
    case 1..<8 where !known.isEmpty:
      #expect(throws: IndexError.self) { try writer.delete(known + ["nobody"]) }
      try writer.delete(known)
      for id in known { model.vectors[id] = nil }
    case 8..<12 where !known.isEmpty:
      #expect(throws: IndexError.self) { try writer.add(set) }
    default:
      let replaced = try writer.add(set, duplicates: .replace)
      #expect(replaced == known.count)
      for (id, vector) in zip(ids, vectors) { model.vectors[id] = vector }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4], [Metric.squaredL2, .cosine])
  func itHoldsWhatTheDictionaryHolds(_ seed: UInt64, _ metric: Metric) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("index")
    var generator = SplitMix64(seed: seed)
    var model = Model()
    var writer: SegmentWriter? = try SegmentWriter(
      creating: path,
      "flat",
      metric: metric,
      dimension: Self.dimension
    )
    for operation in 0..<Self.operations {
      try change(#require(writer), &model, &generator)
      // As often as not the writer is another one, as in another process.
      if operation % 2 == 0 {
        writer = nil
        writer = try SegmentWriter(path)
      }
      let index = try SegmentedIndex(path)
      #expect(index.summary.count == model.vectors.count)
      #expect(writer?.count == model.vectors.count)
      let (query, k) = (vector(&generator), Int.random(in: 1...8, using: &generator))
      let found = try index.search(query.span, k: k)[0]
      let expected = model.nearest(query, k: k, metric)
      #expect(found.count == expected.count, "seed \(seed), operation \(operation)")
      for (neighbor, score) in zip(found, expected) {
        let id = index.ids.text(of: neighbor.id)
        let own = try #require(model.vectors[id], "seed \(seed), operation \(operation): \(id)")
        #expect(abs(Double(neighbor.score) - score) < 1e-5, "seed \(seed), operation \(operation)")
        #expect(abs(referenceScore(query, own, metric) - score) < 1e-5)
      }
    }
  }
}
