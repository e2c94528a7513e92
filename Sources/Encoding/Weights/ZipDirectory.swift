internal import VectorCore

/// Where the entries of a zip archive lie, for archives whose entries are stored as they are.
///
/// PyTorch writes checkpoints so, to map them. Large files have the 64-bit fields of zip64.
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>
struct ZipDirectory {
  /// An entry's bytes in the file.
  private(set) var entries: [String: Range<Int>] = [:]

  /// The first bytes of an archive with entries.
  static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

  private static let endRecord: UInt32 = 0x0605_4B50
  private static let endLocator64: UInt32 = 0x0706_4B50
  private static let endRecord64: UInt32 = 0x0606_4B50

  /// Reads the directory at the archive's end.
  ///
  /// - Throws: ``FileError`` for damaged archives and for compressed or encrypted entries.
  init(of file: MappedFile) throws(FileError) {
    let (start, end, count) = try Self.directory(of: file)
    var cursor = FileCursor(file, from: start, to: end)
    for _ in 0..<count {
      let place = cursor.offset
      let entry = try ZipEntry(from: &cursor)
      let range = try entry.data(in: file, end: start)
      guard entries.updateValue(range, forKey: entry.name) == nil else {
        throw cursor.failure("two entries have the name \(entry.name)", at: place)
      }
    }
  }

  /// The directory's bytes and the number of its entries, from the record at the archive's end.
  private static func directory(
    of file: MappedFile
  ) throws(FileError) -> (start: Int, end: Int, count: Int) {
    let record = try endRecord(of: file)
    var cursor = FileCursor(file, from: record + 10, to: file.count)
    var count = Int(try cursor.number(UInt16.self))
    var size = Int(try cursor.number(UInt32.self))
    var start = Int(try cursor.number(UInt32.self))
    if count == UInt16.max || size == UInt32.max || start == UInt32.max {
      guard record >= 20 else { throw cursor.failure("the zip64 record is missing", at: record) }
      cursor = FileCursor(file, from: record - 20, to: record)
      guard try cursor.number(UInt32.self) == endLocator64 else {
        throw cursor.failure("the zip64 record is missing", at: record - 20)
      }
      try cursor.take(4)
      let record64 = try cursor.count(UInt64.self)
      guard record64 <= record - 56 else {
        throw cursor.failure("the zip64 record at byte \(record64) is not in the file", at: record)
      }
      cursor = FileCursor(file, from: record64, to: record)
      guard try cursor.number(UInt32.self) == endRecord64 else {
        throw cursor.failure("no zip64 record stands here", at: record64)
      }
      try cursor.take(28)
      count = try cursor.count(UInt64.self)
      size = try cursor.count(UInt64.self)
      start = try cursor.count(UInt64.self)
    }
    guard start <= record, size <= record - start else {
      throw cursor.failure(
        "the directory of \(size) bytes at \(start) is not in the file",
        at: record
      )
    }
    return (start, start + size, count)
  }

  /// The offset of the end record: 22 bytes and a comment stand at the archive's end.
  private static func endRecord(of file: MappedFile) throws(FileError) -> Int {
    let last = file.count - 22
    for offset in stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1)
    where file.load(at: offset, as: UInt32.self).littleEndian == endRecord {
      let comment = Int(file.load(at: offset + 20, as: UInt16.self).littleEndian)
      if offset + 22 + comment == file.count { return offset }
    }
    throw FileError(
      .badData,
      path: file.path,
      place: "byte \(file.count)",
      reason: "truncated: the directory of a zip archive is missing at the end",
      remedy: "download or save the file again"
    )
  }
}
