/// A message of Protocol Buffers, written field by field.
struct ProtocolBuffer {
  /// The message.
  private(set) var bytes: [UInt8] = []

  /// How a field's value is stored.
  private enum WireType: UInt64 {
    case varint = 0
    case eightBytes = 1
    case delimited = 2
    case fourBytes = 5
  }

  /// Adds a whole number (`int64`, and enumerations); negative ones take ten bytes.
  mutating func add(_ field: UInt64, _ value: Int) {
    add(tag: field, .varint)
    add(varint: UInt64(bitPattern: Int64(value)))
  }

  /// Adds a `double`.
  mutating func add(_ field: UInt64, _ value: Double) {
    add(tag: field, .eightBytes)
    bytes += littleEndian(value.bitPattern)
  }

  /// Adds a `float`.
  mutating func add(_ field: UInt64, _ value: Float) {
    add(tag: field, .fourBytes)
    bytes += littleEndian(value.bitPattern)
  }

  /// Adds a `string`.
  mutating func add(_ field: UInt64, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message.
  mutating func add(_ field: UInt64, _ message: ProtocolBuffer) { add(field, message.bytes) }

  private mutating func add(_ field: UInt64, _ content: [UInt8]) {
    add(tag: field, .delimited)
    add(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func add(tag field: UInt64, _ type: WireType) {
    add(varint: field << 3 | type.rawValue)
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func add(varint value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The bytes of a number, the lowest first.
func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}
