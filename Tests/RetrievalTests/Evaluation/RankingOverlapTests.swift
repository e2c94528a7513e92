import Retrieval
import Testing
import VectorCore

@Suite struct RankingOverlapTests {
  @Test func equalsThePlainComputation() throws {
    let reference = try ComparisonReference.load()
    #expect(reference.rankings.count == 30)
    for pair in reference.rankings {
      let overlap = RankingOverlap(pair.first, pair.second)
      for (depth, expected) in zip(reference.depths, pair.overlap) {
        #expect(overlap.overlap(at: depth) == expected)
      }
      for (persistence, expected) in pair.rbo {
        let value = overlap.rankBiasedOverlap(persistence: try #require(Double(persistence)))
        #expect(abs(value - expected) < 1e-12, "\(pair.first), \(pair.second)")
      }
    }
  }

  @Test func isSymmetricAndOneForEqualRankings() {
    for length in [1, 2, 10, 300] {
      let first = seededShuffle(of: length, seed: 1)
      let second = Array(seededShuffle(of: 2 * length, seed: 2).prefix(length + length / 2))
      let forth = RankingOverlap(first, second).rankBiasedOverlap(persistence: 0.9)
      let back = RankingOverlap(second, first).rankBiasedOverlap(persistence: 0.9)
      #expect(abs(forth - back) < 1e-12)
      #expect((0...1).contains(forth))
      let same = RankingOverlap(first, first).rankBiasedOverlap(persistence: 0.9)
      #expect(abs(same - 1) < 1e-12)
    }
  }
}
