/// A small seeded generator: SplitMix64 of Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014, doi:10.1145/2660193.2660195.
///
/// Used wherever chance is needed, so that a seed fixes the result on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts the sequence that belongs to `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// The value at one position of the stream of `seed`, independent of any other position.
  ///
  /// This lets parallel code draw for item `index` without caring who draws for the others.
  public static func value(seed: UInt64, at index: UInt64) -> UInt64 {
    mix(seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The first `count` entries of a seeded shuffle of `0..<population`, and the rest behind them.
///
/// Fisher–Yates with SplitMix64; the same on every machine.
/// - Complexity: O(population).
public func seededShuffle(of population: Int, seed: UInt64) -> [UInt32] {
  var order = (0..<UInt32(population)).map { $0 }
  var generator = SplitMix64(seed: seed)
  for last in stride(from: population - 1, to: 0, by: -1) {
    // Multiply-shift keeps the draw independent of the standard library's algorithm.
    let draw = generator.next().multipliedFullWidth(by: UInt64(last + 1)).high
    order.swapAt(last, Int(draw))
  }
  return order
}
