/// Bytes of a structure that is being written, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends zeros up to `size` bytes in all.
  mutating func pad(to size: Int) {
    bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
  }
}

/// Bytes of a structure that is being read; every read past the end gives `nil`.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func read<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    guard let part = read(count: MemoryLayout<Number>.size) else { return nil }
    var number: Number = 0
    for (place, byte) in part.enumerated() {
      number |= Number(truncatingIfNeeded: byte) << (8 * place)
    }
    return number
  }

  mutating func read(count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.count - offset else { return nil }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// Text of a given length; `nil` where it is no UTF-8.
  mutating func text(count: Int) -> String? {
    read(count: count).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
