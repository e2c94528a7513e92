internal import VectorCore

/// Writes a zip archive whose entries are stored as they are.
///
/// Each begins at a multiple of 64 bytes, where PyTorch maps it. For archives below 4 GiB; the format
/// is at <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
struct StoredZip: ~Copyable {
  private var file: AtomicFile
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  private static let alignment = 64

  /// Begins an archive.
  init(file: consuming AtomicFile) { self.file = file }

  /// Adds an entry.
  ///
  /// - Throws: ``FileError`` for a full disk and all else that the system refuses, and where the
  ///   archive would be too large.
  mutating func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    let offset = file.size
    guard offset + bytes.count + 4 * Self.alignment < Int(UInt32.max), count < UInt16.max else {
      throw FileError(
        .badData,
        path: file.path,
        reason: "4 GiB are more than such a file can hold",
        remedy: "write safetensors"
      )
    }
    // Version 2.0, no flags, stored; the first day that the format knows, for the same bytes always.
    var fields: [UInt8] = []
    Self.append(UInt16(20), to: &fields)
    Self.append(UInt16(0), to: &fields)
    Self.append(UInt16(0), to: &fields)
    Self.append(UInt16(0), to: &fields)
    Self.append(UInt16(0x21), to: &fields)
    Self.append(CRC32.of(bytes), to: &fields)
    Self.append(UInt32(truncatingIfNeeded: bytes.count), to: &fields)
    Self.append(UInt32(truncatingIfNeeded: bytes.count), to: &fields)
    Self.append(UInt16(truncatingIfNeeded: name.utf8.count), to: &fields)
    // An extra field of a kind that readers skip fills up to the alignment.
    let start = offset + 30 + name.utf8.count + 4
    let padding = (Self.alignment - start % Self.alignment) % Self.alignment
    var header: [UInt8] = []
    Self.append(UInt32(0x0403_4B50), to: &header)
    header += fields
    Self.append(UInt16(truncatingIfNeeded: padding + 4), to: &header)
    header += name.utf8
    header += Array("FB".utf8)
    Self.append(UInt16(truncatingIfNeeded: padding), to: &header)
    header += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
    try file.write(header)
    try file.write(bytes)
    Self.append(UInt32(0x0201_4B50), to: &directory)
    Self.append(UInt16(20), to: &directory)
    directory += fields
    // No extra field, no comment, the first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 12)
    Self.append(UInt32(truncatingIfNeeded: offset), to: &directory)
    directory += name.utf8
    count += 1
  }

  /// Writes the directory and puts the file under its name.
  ///
  /// - Throws: ``FileError`` for all that the system refuses.
  consuming func commit() throws(FileError) {
    let start = file.size
    var end = directory
    Self.append(UInt32(0x0605_4B50), to: &end)
    Self.append(UInt32(0), to: &end)
    Self.append(count, to: &end)
    Self.append(count, to: &end)
    Self.append(UInt32(truncatingIfNeeded: directory.count), to: &end)
    Self.append(UInt32(truncatingIfNeeded: start), to: &end)
    Self.append(UInt16(0), to: &end)
    try file.write(end)
    try file.commit()
  }

  private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }
}

/// The checksum of zip archives: the remainder by a polynomial, bits from the lowest up.
enum CRC32 {
  private static let table = (0..<UInt32(256)).map { byte in
    (0..<8).reduce(byte) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
  }

  /// The checksum of bytes.
  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
