import TestSupport
import Testing
import Torch
import VectorCore

/// Vectors that make products coarse, ties many and sums overflow: the answers stay those of `flat`.
@Suite(.needsLibtorch) struct DeviceAdversaryTests {
  private static let dimension = 12
  private static let count = 5_000
  private static let types: [DType] = [.float32, .bfloat16]
  private static let queries = SyntheticVectors.uniform(7, dimension: dimension, seed: 9)

  private static func rows(_ seed: UInt64, _ change: (Int, inout [Float]) -> Void) -> [Float] {
    let values = SyntheticVectors.uniform(count, dimension: dimension, seed: seed)
    return (0..<count).flatMap { row in
      var vector = Array(values[row * dimension..<(row + 1) * dimension])
      change(row, &vector)
      return vector
    }
  }

  private func check(_ values: [Float], _ queries: [Float], _ metric: Metric, _ dtype: DType) throws
  {
    let pair = try DevicePair(values, dimension: Self.dimension, metric, dtype: dtype)
    try pair.expectSameAnswers(queries, k: [1, 10, 700])
  }

  @Test(arguments: Metric.allCases, types)
  func ties(metric: Metric, dtype: DType) throws {
    let values = Self.rows(1) { _, row in
      for column in row.indices { row[column] = column == 0 ? 1 : row[column].rounded() }
    }
    try check(values, Array(values[..<84]) + Self.queries, metric, dtype)
  }

  @Test(arguments: Metric.allCases, types)
  func differencesInTheLastBit(metric: Metric, dtype: DType) throws {
    let one = Self.queries[..<Self.dimension]
    let values = Self.rows(2) { number, row in
      row = Array(one)
      for _ in 0..<number % 4 { row[number % 12] = row[number % 12].nextUp }
    }
    try check(values, Self.queries, metric, dtype)
  }

  @Test(arguments: Metric.allCases, types)
  func lengthsOfEveryMagnitude(metric: Metric, dtype: DType) throws {
    let scales: [Float] = [1e-18, 1e-9, 1e-3, 1, 1e3, 1e9, 1e18]
    let values = Self.rows(4) { number, row in
      for column in row.indices { row[column] *= scales[number % scales.count] }
    }
    try check(values, Self.queries + Self.queries.map { $0 * 1e9 }, metric, dtype)
  }

  @Test(arguments: Metric.allCases, ["1e-40", "1e-30", "1e-19", "1e15"])
  func everythingTinyOrLarge(metric: Metric, size: String) throws {
    let scale = try #require(Float(size))
    let values = Self.rows(5) { _, row in for column in row.indices { row[column] *= scale } }
    let queries = Self.queries + Self.queries.map { $0 * scale }
    for dtype in Self.types { try check(values, queries, metric, dtype) }
  }

  @Test(arguments: [Metric.innerProduct, .squaredL2], ["1e19", "1e30", "3e38"])
  func sumsThatOverflow(metric: Metric, size: String) throws {
    let scale = try #require(Float(size))
    for step in [1, 9, 4_999] {
      let values = Self.rows(6) { number, row in
        guard number.isMultiple(of: step) else { return }
        for column in row.indices { row[column] *= scale }
      }
      for dtype in Self.types {
        try check(values, Self.queries + Self.queries.map { $0 * scale }, metric, dtype)
      }
    }
  }

  @Test(arguments: [Metric.innerProduct, .squaredL2], types)
  func zeros(metric: Metric, dtype: DType) throws {
    let zero = [Float](repeating: 0, count: Self.dimension)
    let some = Self.rows(7) { number, row in if number.isMultiple(of: 5) { row = zero } }
    try check(some, zero + Self.queries, metric, dtype)
    try check(Self.rows(7) { _, row in row = zero }, zero + Self.queries, metric, dtype)
  }

  @Test(arguments: Metric.allCases, ["1e2", "1e4", "1e7"])
  func aMeanFarFromTheOrigin(metric: Metric, size: String) throws {
    let offset = try #require(Float(size))
    let values = Self.rows(8) { _, row in for column in row.indices { row[column] += offset } }
    let queries =
      Self.queries.map { $0 + offset } + Self.queries + Self.queries.map { $0 - offset }
    for dtype in Self.types { try check(values, queries, metric, dtype) }
  }

  /// Negative scores, of which the rows that fill the last block must not be the largest.
  @Test(arguments: types)
  func scoresBelowZero(dtype: DType) throws {
    let values = Self.rows(9) { _, row in for column in row.indices { row[column] -= 3 } }
    let queries = Self.queries.map { abs($0) + 1 }
    let pair = try DevicePair(
      Array(values[..<(4_545 * Self.dimension)]),
      dimension: Self.dimension,
      .innerProduct,
      dtype: dtype
    )
    try pair.expectSameAnswers(queries, k: [1, 10])
    #expect(pair.observations["host_queries"] == 0)
  }
}
