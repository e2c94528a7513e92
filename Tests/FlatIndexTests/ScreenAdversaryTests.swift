import TestSupport
import Testing
import VectorCore

/// Vectors that make codes coarse, ties many and sums overflow: the answers stay those of the scan.
@Suite struct ScreenAdversaryTests {
  private static let dimension = 12
  private static let count = 4_200
  private static let ks = [1, 10, 100, 2_000]

  private func check(
    _ values: [Float],
    _ queries: [Float],
    _ metric: Metric,
    k: [Int] = ScreenAdversaryTests.ks,
    dimension: Int = ScreenAdversaryTests.dimension,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let pair = try ScreenedPair(values, dimension: dimension, metric)
    try pair.expectSameAnswers(queries, k: k, sourceLocation: sourceLocation)
  }

  private var queries: [Float] { SyntheticVectors.uniform(7, dimension: Self.dimension, seed: 9) }

  @Test(arguments: Metric.allCases)
  func tiesAcrossBlocks(metric: Metric) throws {
    var draw = Draw(seed: 1)
    let values = rows(Self.count) { _ in
      (0..<Self.dimension).map { $0 == 0 ? 1 : Float(draw.integer(-1...1)) }
    }
    let queries = rows(7) { _ in
      (0..<Self.dimension).map { $0 == 0 ? 1 : Float(draw.integer(-1...1)) }
    }
    try check(values, queries, metric)
  }

  @Test(arguments: Metric.allCases)
  func tiesInTheLastBit(metric: Metric) throws {
    var draw = Draw(seed: 2)
    let one = draw.values(Self.dimension)
    let values = rows(Self.count) { _ in
      var row = one
      let column = draw.integer(0...Self.dimension - 1)
      for _ in 0..<draw.integer(0...3) { row[column] = row[column].nextUp }
      return row
    }
    try check(values, queries + one, metric)
  }

  @Test(arguments: Metric.allCases)
  func equalVectorsAndCopies(metric: Metric) throws {
    let one = SyntheticVectors.uniform(1, dimension: Self.dimension)
    let equal = rows(Self.count) { _ in one }
    try check(equal, queries + one, metric, k: Self.ks + [Self.count])
    let pair = try ScreenedPair(equal, dimension: Self.dimension, metric)
    let found = try pair.screened.search(one.span, k: 3_000)
    #expect(found[0].map(\.id) == (0..<3_000).map { UInt64($0) })
    let kinds = SyntheticVectors.uniform(300, dimension: Self.dimension)
    try check((0..<14).flatMap { _ in kinds }, Array(kinds[..<120]), metric)
  }

  @Test(arguments: Metric.allCases)
  func componentsThatDwarfTheOthers(metric: Metric) throws {
    var draw = Draw(seed: 3)
    for huge: Float in [1e3, 1e6, 1e12] {
      let few = rows(Self.count) { row in
        var values = draw.values(Self.dimension)
        if row % 700 == 5 { values[3] = huge }
        return values
      }
      try check(few, queries, metric)
      let all = rows(Self.count) { _ in
        var values = draw.values(Self.dimension)
        values[3] = huge
        return values
      }
      try check(all, queries + Array(all[..<24]), metric)
    }
  }

  @Test(arguments: Metric.allCases)
  func normsOfEveryMagnitude(metric: Metric) throws {
    var draw = Draw(seed: 4)
    let scales = (0...12).map { Float("1e\($0 * 3 - 18)") ?? 0 }
    let mixed = rows(Self.count) { row in
      draw.values(Self.dimension).map { $0 * scales[row % scales.count] }
    }
    let byBlock = rows(Self.count) { row in
      draw.values(Self.dimension).map { $0 * scales[row / 1_024 * 3] }
    }
    let asked = rows(scales.count) { row in
      draw.values(Self.dimension).map { $0 * scales[row] }
    }
    try check(mixed, asked, metric)
    try check(byBlock, asked, metric)
  }

  /// Products so small that they lose bits or vanish, with neighbours on the far side of the query.
  @Test(
    arguments: Metric.allCases,
    ["1e-10", "1e-15", "1e-17", "1e-19", "1e-21", "1e-24", "1e-30", "1e-40"]
  )
  func productsThatUnderflow(metric: Metric, size: String) throws {
    var draw = Draw(seed: 5)
    let scale = try #require(Float(size))
    let values = rows(Self.count) { _ in draw.values(Self.dimension).map { $0 * scale } }
    let asked = queries.map { $0 * scale }
    try check(values, asked, metric, k: Self.ks + [3_000, 4_000, Self.count])
    try check(values, queries, metric, k: Self.ks + [3_000])
  }

  @Test(arguments: [Metric.innerProduct, .squaredL2], ["1e15", "1e19", "1e20", "1e30", "3e38"])
  func sumsThatOverflow(metric: Metric, size: String) throws {
    var draw = Draw(seed: 6)
    let scale = try #require(Float(size))
    let all = rows(Self.count) { _ in draw.values(Self.dimension).map { $0 * scale } }
    let some = rows(Self.count) { row in
      draw.values(Self.dimension).map { $0 * (row % 9 == 4 ? scale : 1) }
    }
    let few = rows(Self.count) { row in
      draw.values(Self.dimension).map { $0 * (row == 3_000 ? scale : 1) }
    }
    let asked = queries + queries.map { $0 * scale } + queries.map { $0 * 1e-30 }
    for values in [all, some, few] { try check(values, asked, metric) }
  }

  @Test(arguments: [1, 2, 3, 5, 16, 33], ["1e20", "1e30", "3e38"])
  func overflowInFewDimensions(dimension: Int, size: String) throws {
    var draw = Draw(seed: 7)
    let scale = try #require(Float(size))
    let values = rows(2_100) { row in
      draw.values(dimension).map { $0 * (row.isMultiple(of: 2) ? scale : 1) }
    }
    let asked = rows(4) { row in
      (0..<dimension).map { $0.isMultiple(of: row + 1) ? scale : -scale }
    }
    for metric in Metric.allCases {
      try check(values, asked, metric, k: [1, 10, 1_500], dimension: dimension)
    }
  }

  @Test(arguments: [Metric.innerProduct, .squaredL2])
  func zeros(metric: Metric) throws {
    let zero = [Float](repeating: 0, count: Self.dimension)
    let random = SyntheticVectors.uniform(Self.count, dimension: Self.dimension)
    var some = random
    for row in stride(from: 0, to: Self.count, by: 5) {
      for column in 0..<Self.dimension { some[row * Self.dimension + column] = 0 }
    }
    try check(random, zero + queries, metric)
    try check(some, zero + queries, metric)
    try check(rows(Self.count) { _ in zero }, zero + queries, metric)
  }

  @Test(arguments: Metric.allCases)
  func everyBlockIsBetterThanTheOneBefore(metric: Metric) throws {
    var draw = Draw(seed: 8)
    let goal = draw.values(Self.dimension, 0.5...1)
    for noise: Float in [0, 1e-6, 0.01] {
      let values = rows(Self.count) { row in
        // The way to the goal: nearer, longer and at a smaller angle with every row.
        let part = Float(row) / Float(Self.count)
        return goal.enumerated().map { column, value in
          part * value + (1 - part) * (column.isMultiple(of: 2) ? 0.3 : -0.3)
            + draw.float(-1...1) * noise
        }
      }
      try check(values, goal + queries, metric)
    }
  }

  @Test(arguments: Metric.allCases)
  func queriesThatAreVectors(metric: Metric) throws {
    let values = SyntheticVectors.clustered(Self.count, dimension: Self.dimension)
    try check(values, Array(values[(4_000 * Self.dimension)..<(4_010 * Self.dimension)]), metric)
  }

  @Test(arguments: Metric.allCases, ["1e2", "1e4", "1e7"])
  func aMeanFarFromTheOrigin(metric: Metric, size: String) throws {
    let offset = try #require(Float(size))
    let values = SyntheticVectors.uniform(Self.count, dimension: Self.dimension).map { $0 + offset }
    try check(values, queries.map { $0 + offset }, metric)
    try check(values, queries, metric)
    try check(values, queries.map { $0 - offset }, metric)
  }

  @Test(arguments: Metric.allCases)
  func constantDimensions(metric: Metric) throws {
    var draw = Draw(seed: 10)
    let values = rows(Self.count) { _ in
      (0..<Self.dimension).map { $0 < 4 ? draw.float(-1...1) : Float($0) }
    }
    try check(values, queries, metric)
  }

  /// Outliers spoil the unit of every block, so that codes tell nothing: the full scan takes over.
  @Test(arguments: Metric.allCases)
  func whereEverythingSurvivesTheFullScanTakesOver(metric: Metric) throws {
    var draw = Draw(seed: 11)
    let count = 8_192
    let values = rows(count) { row in
      if row % 512 == 3 { return draw.values(Self.dimension).map { $0 * 1e4 } }
      return draw.values(Self.dimension).map { 1 + $0 * 1e-5 }
    }
    let pair = try ScreenedPair(values, dimension: Self.dimension, metric)
    let near = (0..<5).flatMap { _ in draw.values(Self.dimension).map { 1 + $0 * 1e-5 } }
    try pair.expectSameAnswers(near, k: [100], threads: [1])
    let seen = try pair.observations()
    // The first block is always scored in full.
    #expect(seen["unscreened_pairs", default: 0] >= 5 * 3 * 1_024, "\(seen)")
    #expect(seen["screened_pairs", default: 0] > 0, "\(seen)")
  }
}
