import Testing
import VectorCore

@Suite("SplitMix64")
struct SplitMix64Tests {
  @Test("the sequence is the published one")
  func reference() {
    // The first outputs for seed 1234567 of the authors' own program.
    var generator = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test("a value at a position is that of the sequence")
  func positions() {
    var generator = SplitMix64(seed: 42)
    for index in 0..<100 {
      #expect(SplitMix64.value(seed: 42, at: UInt64(index)) == generator.next())
    }
  }

  @Test("a shuffle is a permutation, and another one for another seed")
  func shuffle() {
    for population in [0, 1, 2, 3, 1_000] {
      #expect(
        seededShuffle(of: population, seed: 1).sorted() == (0..<UInt32(population)).map { $0 }
      )
    }
    #expect(seededShuffle(of: 1_000, seed: 1) == seededShuffle(of: 1_000, seed: 1))
    #expect(seededShuffle(of: 1_000, seed: 1) != seededShuffle(of: 1_000, seed: 2))
  }

  @Test("every place gets every item about as often")
  func uniform() {
    var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
    for seed in 0..<4_000 {
      for (place, item) in seededShuffle(of: 4, seed: UInt64(seed)).enumerated() {
        counts[place][Int(item)] += 1
      }
    }
    // 1,000 expected, standard deviation 27.
    for count in counts.joined() { #expect((850...1_150).contains(count)) }
  }
}
