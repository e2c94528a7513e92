import VectorCore

/// Changes of bytes that find what random ones do not: lengths that are too large, ends that come too
/// early, parts that come twice.
enum Mutation {
  /// Numbers at which comparisons and sums go wrong.
  private static let numbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40,
    .max >> 1, 1 << 63, .max,
  ]

  /// A changed copy of a seed.
  static func of<Generator: RandomNumberGenerator>(
    _ seeds: [[UInt8]],
    using generator: inout Generator
  ) -> [UInt8] {
    var bytes = seeds[Int.random(in: seeds.indices, using: &generator)]
    for _ in 0..<(1 << Int.random(in: 0...3, using: &generator)) {
      change(&bytes, seeds, using: &generator)
    }
    return bytes
  }

  private static func change<Generator: RandomNumberGenerator>(
    _ bytes: inout [UInt8],
    _ seeds: [[UInt8]],
    using generator: inout Generator
  ) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: bytes.indices, using: &generator)
    let length = Int.random(in: 1...min(32, bytes.count - place), using: &generator)
    let part = place..<place + length
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2, 3:
      let size = 1 << Int.random(in: 0...3, using: &generator)
      let number = numbers.randomElement(using: &generator) ?? 0
      for byte in 0..<min(size, bytes.count - place) {
        bytes[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte))
      }
    case 4: bytes.removeSubrange(part)
    case 5: bytes.insert(contentsOf: Array(bytes[part]), at: place)
    case 6: bytes.removeSubrange(place...)
    case 7: bytes[place] = bytes[place] &+ (Bool.random(using: &generator) ? 1 : 255)
    default:
      let other = seeds[Int.random(in: seeds.indices, using: &generator)]
      guard !other.isEmpty else { return }
      let from = Int.random(in: other.indices, using: &generator)
      bytes.replaceSubrange(part, with: other[from..<min(from + length, other.count)])
    }
  }
}
