/// CRC-32C (Castagnoli, RFC 3720), as TensorFlow's records have it: rotated and shifted, so that
/// the checksum of bytes that hold checksums is none of a special kind.
enum MaskedChecksum {
  /// The checksum of some bytes.
  ///
  /// - Complexity: a table look-up a byte.
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state: UInt32 = .max
    for byte in bytes {
      state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
    }
    let checksum = ~state
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  /// The remainder of each byte by the polynomial 0x1EDC6F41, bits reversed.
  private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
  }
}
