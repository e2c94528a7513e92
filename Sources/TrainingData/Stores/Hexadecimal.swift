/// Checksums as they are shown and stored.
enum Hexadecimal {
  /// Sixteen digits.
  static func text(_ checksum: UInt64) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
