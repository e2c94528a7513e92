internal import IndexStore
internal import VectorCore

/// The file of a segment's deleted rows: a bit for each row in 64-bit words, little-endian, the lowest
/// first, and a checksum of them.
enum DeletedRows {
  static func write(_ deleted: RowFilter, to path: String) throws(FileError) {
    var bytes: [UInt8] = []
    for place in 0..<deleted.words.count { append(deleted.words[place], to: &bytes) }
    append(Checksum.of(bytes), to: &bytes)
    var file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// - Throws: ``VectorCore/FileError`` for a file that is missing, of another size, or damaged.
  static func read(_ path: String, count: Int) throws(FileError) -> RowFilter {
    let file = try MappedFile(path: path)
    let size = (count + 63) / 64 * 8
    let bytes = file.prefix(file.count)
    func damage(_ reason: String) -> FileError {
      FileError(.badData, path: path, reason: reason, remedy: SegmentManifest.remedy)
    }
    guard bytes.count == size + 8 else {
      throw damage("\(bytes.count) bytes instead of \(size + 8)")
    }
    let numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
    guard Checksum.of(bytes[..<size]) == numbers[numbers.count - 1] else {
      throw damage("the checksum does not fit")
    }
    guard let rows = RowFilter(count: count, words: SharedArray(Array(numbers.dropLast()))) else {
      throw damage("a row past the last is deleted")
    }
    return rows
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
