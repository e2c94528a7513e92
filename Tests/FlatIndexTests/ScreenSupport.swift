import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// The same vectors in an index that scans them all and in one that screens them first.
struct ScreenedPair {
  let plain: any StoredIndex
  let screened: any StoredIndex

  init(_ values: [Float], dimension: Int, _ metric: Metric, threads: Int = 2) throws {
    let set = VectorSet(values, dimension: dimension)
    let options = BuildOptions(metric: metric, threads: threads)
    plain = try FlatBackend.makeIndex(over: set, options: options)
    screened = try FlatBackend.makeIndex(
      over: set,
      parameters: ["first": "int8"],
      options: options
    )
  }

  /// Pairs of query and row, by what became of them.
  func observations() throws -> [String: Int] {
    let index = try #require(screened as? any ObservedIndex)
    return Dictionary(uniqueKeysWithValues: index.observations.map { ($0.name, $0.count) })
  }

  /// Checks that both give the same rows, the same order and the same bits of every score.
  func expectSameAnswers(
    _ queries: [Float],
    k ks: [Int],
    threads: [Int] = [1, 3],
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for k in ks {
      let truth = try plain.search(queries.span, k: k)
      for threads in threads {
        let found = try screened.search(queries.span, k: k, threads: threads)
        #expect(
          found.counts == truth.counts && found.ids == truth.ids
            && found.scores.map(\.bitPattern) == truth.scores.map(\.bitPattern),
          "k \(k), \(threads) threads: \(Self.difference(found, truth)) \(comment ?? "")",
          sourceLocation: sourceLocation
        )
      }
    }
  }

  private static func difference(_ found: SearchResults, _ truth: SearchResults) -> String {
    for query in 0..<truth.queryCount {
      for (rank, (left, right)) in zip(found[query], truth[query]).enumerated()
      where left.id != right.id || left.score.bitPattern != right.score.bitPattern {
        return "query \(query), rank \(rank): \(left) instead of \(right)"
      }
    }
    return "counts \(found.counts) and \(truth.counts)"
  }
}

/// Rows of `[count, dimension]` made one by one.
func rows(_ count: Int, _ row: (Int) -> [Float]) -> [Float] { (0..<count).flatMap(row) }

/// Numbers drawn from a seed.
struct Draw {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func float(_ range: ClosedRange<Float>) -> Float {
    Float.random(in: range, using: &generator)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  mutating func values(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in float(range) }
  }
}
