import Testing
import TrainingData

/// Against what CPython's `random` gives.
@Suite struct MersenneTwisterTests {
  @Test func wordsAreThoseOfPython() {
    var generator = MersenneTwister(seed: 42)
    let words = (0..<5).map { _ in generator.next() }
    #expect(words == [2_746_317_213, 478_163_327, 107_420_369, 3_184_935_163, 1_181_241_943])
  }

  @Test func uniformNumbersAreThoseOfPython() {
    var generator = MersenneTwister(seed: 42)
    #expect(generator.uniform() == 0.6394267984578837)
  }

  @Test func manyWordsAreThoseOfPython() {
    // random.Random(7): the 2,000th of getrandbits(32), behind three refills of the state.
    var generator = MersenneTwister(seed: 7)
    var word: UInt32 = 0
    for _ in 0..<2_000 { word = generator.next() }
    #expect(word == 2_803_521_222)
  }

  @Test func largeSeedsHaveTwoWords() {
    var generator = MersenneTwister(seed: 0x1234_5678_9ABC_DEF0)
    #expect(generator.next() == 3_646_699_384)
    var zero = MersenneTwister(seed: 0)
    #expect(zero.next() == 3_626_764_237)
  }

  @Test func permutationsAreThoseOfPython() {
    #expect(
      order(of: 30, seed: 42) == [
        19, 14, 10, 26, 22, 6, 5, 12, 11, 15, 9, 25, 29, 21, 16, 27, 1, 13, 18, 2, 17, 28, 4, 24,
        7, 8, 23, 0, 3, 20,
      ]
    )
    #expect(order(of: 30, seed: 43).prefix(7) == [29, 23, 25, 27, 18, 7, 12])
    #expect(order(of: 30, seed: 47).prefix(7) == [15, 9, 23, 28, 26, 29, 24])
    #expect(order(of: 10, seed: 42) == [7, 3, 2, 8, 5, 6, 9, 4, 0, 1])
    #expect(order(of: 1, seed: 42) == [0])
    #expect(order(of: 0, seed: 42) == [])
  }

  @Test func choicesAreThoseOfPython() {
    var generator = MersenneTwister(seed: 42)
    #expect(generator.choices(7, of: 5) == [3, 0, 1, 1, 3, 3, 4])
  }

  private func order(of count: Int, seed: UInt64) -> [Int] {
    var generator = MersenneTwister(seed: seed)
    return generator.permutation(of: count)
  }
}
