import Retrieval
import Testing
import VectorCore

@Suite struct PairedTestTests {
  private func noise(_ count: Int, seed: UInt64, shift: Double = 0) -> [Double] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Double.random(in: -1...1, using: &generator) + shift }
  }

  @Test func fewDifferencesAreTestedExactly() throws {
    for example in try ComparisonReference.load().differences {
      let test = PairedTest(example.values)
      let changed = example.values.count { $0 != 0 }
      #expect(test.signings == 1 << changed)
      #expect(abs(test.p - example.p) < 1e-12, "\(example.values)")
    }
  }

  @Test func countsWinsTiesAndLosses() {
    let test = PairedTest([0.5, 0, -0.25, 0, 1, 1e-16])
    #expect(test.wins == 2)
    #expect(test.ties == 3)
    #expect(test.losses == 1)
    #expect(abs(test.mean - 1.25 / 6) < 1e-12)
  }

  @Test func noDifferenceIsNoEvidence() {
    let test = PairedTest([Double](repeating: 0, count: 500))
    #expect(test.p == 1)
    #expect(test.interval == 0...0)
  }

  /// Of the p of chance alone, a tenth lie below 0.1.
  @Test func pIsUniformWhereOnlyChanceIsAtWork() {
    let small = (0..<200).count { PairedTest(noise(15, seed: UInt64($0))).p <= 0.1 }
    #expect((8...34).contains(small), "\(small) of 200")
  }

  @Test func drawnSignsComeNearAllSigns() {
    let exact = noise(20, seed: 3, shift: 0.2)
    // One more difference, too small to count, and the signs are drawn.
    let drawn = PairedTest(exact + [1e-9])
    #expect(drawn.signings == PairedTest.drawnSignings)
    #expect(abs(drawn.p - PairedTest(exact).p) < 0.01)
  }

  @Test func aLargeDifferenceIsSeen() {
    let test = PairedTest(noise(400, seed: 5, shift: 0.3))
    #expect(test.p < 0.001)
    #expect(test.interval.contains(test.mean))
    // The standard error is 1 / sqrt(3 · 400); the interval is 1.96 of them on each side.
    let half = (test.interval.upperBound - test.interval.lowerBound) / 2
    #expect(abs(half - 1.96 / (3.0 * 400).squareRoot()) < 0.01)
  }

  @Test func dependsOnTheSeedAndOnNothingElse() {
    let values = noise(100, seed: 7, shift: 0.1)
    let one = PairedTest(values, seed: 1, threads: 1)
    #expect(PairedTest(values, seed: 1, threads: 4) == one)
    #expect(PairedTest(values, seed: 2, threads: 1) != one)
    let turned = PairedTest(values.map { -$0 }, seed: 1)
    #expect(turned.p == one.p)
    #expect(abs(turned.interval.lowerBound + one.interval.upperBound) < 1e-3)
  }
}
