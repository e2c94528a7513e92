/// Turns away most values that are surely not among a few: a Bloom filter with one hash (Bloom 1970).
///
/// Looking at every id of a large set for a few of them is then bound by reading them.
struct Sieve {
  private var bits: [UInt64]
  private let shift: UInt64

  /// A sieve without values.
  ///
  /// - Parameter capacity: how many will be inserted; up to one in 32 others passes then.
  init(capacity: Int) {
    var logarithm: UInt64 = 12
    while 1 << logarithm < 32 * capacity, logarithm < 40 { logarithm += 1 }
    bits = [UInt64](repeating: 0, count: 1 << (logarithm - 6))
    shift = 64 - logarithm
  }

  mutating func insert(_ value: UInt64) {
    let place = self.place(of: value)
    bits[place / 64] |= 1 << UInt64(place % 64)
  }

  /// Whether a value may have been inserted; never `false` for one that was.
  func mayContain(_ value: UInt64) -> Bool {
    let place = self.place(of: value)
    return bits[place / 64] >> UInt64(place % 64) & 1 == 1
  }

  /// Knuth's multiplicative hashing, by the golden ratio.
  private func place(of value: UInt64) -> Int {
    Int((value &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}
