/// The generator MT19937 of Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998,
/// doi:10.1145/272991.272995, seeded and drawn from as Python's `random` does.
///
/// Only for choosing the passages that OpenMatch chooses; everything else draws from `SplitMix64`.
package struct MersenneTwister {
  private var state: [UInt32]
  private var position: Int

  private static let length = 624
  private static let shift = 397

  /// Starts the sequence of Python's `random.Random(seed)`.
  package init(seed: UInt64) {
    let low = UInt32(truncatingIfNeeded: seed)
    let high = UInt32(truncatingIfNeeded: seed >> 32)
    state = Self.state(key: high == 0 ? [low] : [low, high])
    position = Self.length
  }

  /// The authors' initialization by an array.
  private static func state(key: [UInt32]) -> [UInt32] {
    var state = [UInt32](repeating: 0, count: length)
    state[0] = 19_650_218
    for place in 1..<length {
      let before = state[place - 1]
      state[place] = 1_812_433_253 &* (before ^ before >> 30) &+ UInt32(place)
    }
    var place = 1
    for step in 0..<length {
      let before = state[place - 1]
      let word = step % key.count
      state[place] =
        (state[place] ^ (before ^ before >> 30) &* 1_664_525) &+ key[word] &+ UInt32(word)
      advance(&place, in: &state)
    }
    for _ in 1..<length {
      let before = state[place - 1]
      state[place] = (state[place] ^ (before ^ before >> 30) &* 1_566_083_941) &- UInt32(place)
      advance(&place, in: &state)
    }
    state[0] = 0x8000_0000
    return state
  }

  private static func advance(_ place: inout Int, in state: inout [UInt32]) {
    place += 1
    guard place == length else { return }
    state[0] = state[length - 1]
    place = 1
  }

  /// The next 32 bits.
  package mutating func next() -> UInt32 {
    if position == Self.length { twist() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }

  private mutating func twist() {
    for place in 0..<Self.length {
      let word =
        state[place] & 0x8000_0000 | state[(place + 1) % Self.length] & 0x7FFF_FFFF
      let mixed = word >> 1 ^ (word & 1 == 0 ? 0 : 0x9908_B0DF)
      state[place] = state[(place + Self.shift) % Self.length] ^ mixed
    }
    position = 0
  }

  /// Python's `random()`: a number of 53 random bits in 0..<1.
  package mutating func uniform() -> Double {
    let high = next() >> 5
    let low = next() >> 6
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// Python's `randrange(bound)`: as many top bits as `bound` has, until they are below it.
  ///
  /// - Parameter bound: at least 1.
  /// - Returns: a number in `0..<bound`.
  package mutating func below(_ bound: UInt32) -> Int {
    let unused = UInt32(bound.leadingZeroBitCount)
    while true {
      let draw = next() >> unused
      if draw < bound { return Int(draw) }
    }
  }

  /// The numbers `0..<count` as Python's `shuffle` orders them.
  package mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, below(UInt32(last + 1)))
    }
    return order
  }

  /// Python's `choices(range(population), k: count)`: draws with replacement.
  package mutating func choices(_ count: Int, of population: Int) -> [Int] {
    (0..<count).map { _ in Int(uniform() * Double(population)) }
  }
}
