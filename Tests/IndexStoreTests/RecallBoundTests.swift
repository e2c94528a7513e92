import IndexStore
import Testing
import VectorCore

@Suite struct RecallBoundTests {
  @Test func followsTheVarianceAmongTheQueries() {
    // Mean 0.8, s² = 4·0.04/3 + … written out: deviations ±0.2, n = 400.
    let recalls = (0..<400).map { $0.isMultiple(of: 2) ? 1.0 : 0.6 }
    let deviation = (400 * 0.04 / 399.0).squareRoot()
    let expected = 0.8 - 1.644_853_626_951_472_7 * deviation / 20
    #expect(abs(RecallBound.lower(of: recalls) - expected) < 1e-12)
  }

  @Test(arguments: [(1, 0.05), (2, 0.2236), (59, 0.9505), (100, 0.9704), (1_000, 0.9970)])
  func perfectRecallIsNoProof(_ queries: Int, _ bound: Double) {
    let found = RecallBound.lower(of: [Double](repeating: 1, count: queries))
    #expect(abs(found - bound) < 1e-4)
    #expect(found == RecallBound.ceiling(queries: queries))
  }

  @Test func neverLeavesItsRange() {
    #expect(RecallBound.lower(of: [0]) == 0)
    #expect(RecallBound.lower(of: [0, 0, 1]) == 0)
    // Queries that agree say nothing on the spread, but no more than their mean either.
    let same = [Double](repeating: 0.3, count: 1_000)
    #expect(abs(RecallBound.lower(of: same) - 0.3) < 1e-12)
  }

  @Test(arguments: [(0.95, 59), (0.99, 299), (0.999, 2_995), (0.05, 1), (0.01, 1)])
  func queriesThatATargetNeeds(_ target: Double, _ queries: Int) {
    #expect(RecallBound.queriesNeeded(for: target) == queries)
    if queries > 1 {
      #expect(RecallBound.ceiling(queries: queries) >= target)
      #expect(RecallBound.ceiling(queries: queries - 1) < target)
    }
  }

  /// Samples of a known distribution: the bound lies above its mean in about 5 of 100.
  @Test func holdsInNineteenOfTwenty() {
    var generator = SplitMix64(seed: 5)
    let mean = 0.5 * 0.95 + 0.4 * 1 + 0.1 * 0.4
    let above = (0..<2_000).count { _ in
      let recalls = (0..<200).map { _ -> Double in
        let draw = Double(generator.next() >> 11) / Double(1 << 53)
        return draw < 0.5 ? 0.95 : draw < 0.9 ? 1 : 0.4
      }
      return RecallBound.lower(of: recalls) > mean
    }
    #expect((40...160).contains(above), "\(above) of 2000")
  }
}
