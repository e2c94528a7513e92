import Needletail
import TestSupport
import Testing

/// Which vectors are nearly the same as an earlier one.
@Suite struct NearDuplicatesTests {
  private static let dimension = 16

  /// Random vectors, and behind them copies of some that are moved a little.
  private func set(_ copies: [Int], moved: Float, count: Int = 300) -> VectorSet {
    var values = seededValues(count: count, dimension: Self.dimension, seed: 3)
    let shifts = seededValues(count: copies.count, dimension: Self.dimension, seed: 4)
    for (place, copy) in copies.enumerated() {
      for column in 0..<Self.dimension {
        let value = values[copy * Self.dimension + column]
        values.append(value + moved * shifts[place * Self.dimension + column])
      }
    }
    return VectorSet(values, dimension: Self.dimension, name: "set")
  }

  @Test(arguments: ["flat", "ivf", "hnsw"])
  func copiesAreFoundAndOriginalsStay(backend: String) throws {
    let copies = [5, 299, 17, 5, 0]
    let set = set(copies, moved: 0.001)
    let index = try buildIndex(over: set, backend, metric: .cosine)
    let found = try NearDuplicates(of: set, in: index, within: 0.999, threads: 2)
    #expect(found.pairs.map(\.row) == [300, 301, 302, 303, 304])
    #expect(found.pairs.map { Int($0.original) } == copies)
    #expect(found.pairs.allSatisfy { $0.score >= 0.999 })
    #expect(found.originals == (0..<300).map { UInt32($0) })
  }

  @Test func theThresholdIsADistanceForL2() throws {
    let set = set([7], moved: 0.001)
    let index = try buildIndex(over: set, "flat", metric: .squaredL2)
    #expect(try NearDuplicates(of: set, in: index, within: 1e-3).pairs.map(\.row) == [300])
    #expect(try NearDuplicates(of: set, in: index, within: 1e-12).pairs.isEmpty)
    #expect(throws: IndexError.self) {
      _ = try NearDuplicates(of: set, in: index, within: .nan)
    }
  }

  /// More copies than a search takes at first, and more than a block.
  @Test(arguments: ["flat", "hnsw"])
  func oneOfManyCopiesStays(backend: String) throws {
    let values = [Float](repeating: 0.5, count: 3_000 * Self.dimension)
    let set = VectorSet(values, dimension: Self.dimension, name: "same")
    let index = try buildIndex(over: set, backend, metric: .squaredL2)
    let found = try NearDuplicates(of: set, in: index, within: 1e-6)
    if backend == "flat" { #expect(found.originals == [0]) }
    #expect(found.originals.count + found.pairs.count == 3_000)
    #expect(found.pairs.allSatisfy { $0.original < $0.row })
  }

  /// Against the definition: a row is left out when one that stays and comes before is near it.
  @Test(arguments: [0.3, 0.5, 0.7] as [Float], [1, 3])
  func theRuleHoldsForEveryRow(threshold: Float, threads: Int) throws {
    let set = set(Array(0..<40), moved: 0.5)
    let index = try buildIndex(over: set, "flat", metric: .cosine)
    let found = try NearDuplicates(of: set, in: index, within: threshold, threads: threads)
    let values = try set.allRows(preparedFor: .cosine)
    func row(_ number: Int) -> [Float] {
      Array(values[number * Self.dimension..<(number + 1) * Self.dimension])
    }
    var stays: [Int] = []
    for number in 0..<set.count {
      let isNear = stays.contains {
        Float(referenceScore(row($0), row(number), .cosine)) >= threshold
      }
      if !isNear { stays.append(number) }
    }
    #expect(found.originals.map { Int($0) } == stays)
  }
}
