import Testing

@testable import VectorCore

struct SieveTests {
  @Test("every inserted value passes, and few others", arguments: [0, 1, 2, 1000, 40_000])
  func passes(count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    // Those that follow one another, as ids do, and those of any size.
    for isDense in [true, false] {
      let values = (0..<UInt64(2 * count + 20_000)).map { isDense ? $0 : generator.next() }
      var sieve = Sieve(capacity: count)
      for value in values.prefix(count) { sieve.insert(value) }
      #expect(values.prefix(count).allSatisfy { sieve.mayContain($0) })
      let others = values.dropFirst(count)
      let passed = others.count { sieve.mayContain($0) }
      #expect(Double(passed) < 0.06 * Double(others.count))
    }
  }
}
