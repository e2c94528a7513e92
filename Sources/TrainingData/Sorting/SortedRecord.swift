/// What a sort gives back: a key, a number, and bytes that belong to them.
struct SortedRecord {
  /// What the record is sorted by, first by its rank.
  var rank: UInt64 = 0
  /// What the record is sorted by among those of equal rank, by ``IDOrder``.
  var key: [UInt8] = []
  /// What the caller wants to know of the record, such as its line.
  var number: UInt64 = 0
  /// The rest of the record.
  var payload: [UInt8] = []
}

/// How a record lies in a run: rank, number, the lengths of key and payload, key, payload.
struct RecordLayout {
  /// The bytes before the key.
  static let headerSize = 24

  let rank: UInt64
  let number: UInt64
  private let keyCount: UInt32
  private let payloadCount: UInt32

  /// Reads the header of a record; `nil` where it is not whole.
  init?(_ bytes: Span<UInt8>, at start: Int) {
    guard bytes.count - start >= Self.headerSize else { return nil }
    let raw = unsafe bytes.bytes
    rank = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
    number = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self)
    keyCount = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start + 16, as: UInt32.self)
    payloadCount = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start + 20, as: UInt32.self)
  }

  /// The bytes of the whole record.
  var size: Int { Self.headerSize + Int(keyCount) + Int(payloadCount) }

  /// Where the key of a record lies that begins at `start`.
  func key(from start: Int) -> Range<Int> {
    start + Self.headerSize..<start + Self.headerSize + Int(keyCount)
  }

  /// Where the payload of a record lies that begins at `start`.
  func payload(from start: Int) -> Range<Int> {
    start + Self.headerSize + Int(keyCount)..<start + size
  }

  /// Appends a record.
  ///
  /// Lines are no longer than `LineReader` allows, so that 32 bits hold every length.
  static func append(
    rank: UInt64,
    key: Span<UInt8>,
    number: UInt64,
    payload: Span<UInt8>,
    to bytes: inout [UInt8]
  ) {
    append(rank, to: &bytes)
    append(number, to: &bytes)
    append(UInt32(key.count), to: &bytes)
    append(UInt32(payload.count), to: &bytes)
    bytes.append(contentsOf: key)
    bytes.append(contentsOf: payload)
  }

  private static func append(_ value: some BitwiseCopyable, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }
}

extension [UInt8] {
  /// Appends the bytes of a span.
  mutating func append(contentsOf span: Span<UInt8>) {
    unsafe span.bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
