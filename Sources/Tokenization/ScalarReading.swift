extension Span<UInt8> {
  /// The scalar that begins at a place, and its length in bytes.
  ///
  /// - Precondition: the bytes are valid UTF-8, and a scalar begins at `place`.
  @inline(__always)
  func scalar(at place: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(self[place])
    if lead < 0x80 { return (lead, 1) }
    let second = UInt32(self[place + 1] & 0x3F)
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
    let third = UInt32(self[place + 2] & 0x3F)
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(self[place + 3] & 0x3F), 4)
  }

  /// Where the scalar before a place begins.
  ///
  /// - Precondition: the bytes are valid UTF-8, and `place` is above 0.
  func startOfScalar(before place: Int) -> Int {
    var start = place - 1
    while self[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// Where the white space begins that ends at a place.
  func startOfWhitespace(before end: Int) -> Int {
    var start = end
    while start > 0 {
      let place = startOfScalar(before: start)
      guard ReferenceUnicode.isWhitespace(scalar(at: place).value) else { break }
      start = place
    }
    return start
  }

  /// Where the white space ends that begins at a place.
  func endOfWhitespace(from start: Int) -> Int {
    var end = start
    while end < count {
      let (value, length) = scalar(at: end)
      guard ReferenceUnicode.isWhitespace(value) else { break }
      end += length
    }
    return end
  }
}

extension [UInt8] {
  /// Appends a scalar as UTF-8.
  @inline(__always)
  mutating func append(scalar value: UInt32) {
    if value < 0x80 {
      append(UInt8(truncatingIfNeeded: value))
    } else if value < 0x800 {
      append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
      append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    } else if value < 0x1_0000 {
      append(UInt8(truncatingIfNeeded: 0xE0 | value >> 12))
      append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    } else {
      append(UInt8(truncatingIfNeeded: 0xF0 | value >> 18))
      append(UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
      append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    }
  }

  /// Appends a range of other bytes.
  mutating func append(_ bytes: Span<UInt8>, in range: Range<Int>) {
    reserveCapacity(count + range.count)
    for place in range { append(bytes[place]) }
  }
}

/// A small memory of values computed for scalars, so that a text looks each of its characters up
/// once: a direct-mapped cache.
struct ScalarMemo<Value: Sendable>: Sendable {
  private static var slots: Int { 1024 }
  private var keys: [UInt32] = []
  private var values: [Value] = []
  private let unused: Value

  /// Starts empty; memory is taken at the first lookup.
  init(unused: Value) { self.unused = unused }

  /// The value of a scalar, from memory or computed.
  @inline(__always)
  mutating func value(of scalar: UInt32, _ compute: (Unicode.Scalar) -> Value) -> Value {
    let slot = Int(scalar % UInt32(Self.slots))
    if slot < keys.count, keys[slot] == scalar { return values[slot] }
    return replace(slot, scalar, compute)
  }

  @inline(never)
  private mutating func replace(
    _ slot: Int,
    _ scalar: UInt32,
    _ compute: (Unicode.Scalar) -> Value
  ) -> Value {
    if keys.isEmpty {
      // No scalar has this number.
      keys = Array(repeating: .max, count: Self.slots)
      values = Array(repeating: unused, count: Self.slots)
    }
    guard let scalar = Unicode.Scalar(scalar) else { return unused }
    let value = compute(scalar)
    keys[slot] = scalar.value
    values[slot] = value
    return value
  }
}
