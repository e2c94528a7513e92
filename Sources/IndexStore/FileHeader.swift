internal import VectorCore

/// The first 4 KiB of an index file; `docs/file-format.md` has its table.
package struct FileHeader: Equatable, Sendable {
  /// The alignment of every part of the file, and the header's own size.
  package static let page = 4096
  /// The first eight bytes; the first is no ASCII and the last a line feed, so that a transfer
  /// that mistakes the file for text is noticed.
  package static let magic: [UInt8] = [0x89, 0x4E, 0x45, 0x45, 0x44, 0x4C, 0x45, 0x0A]
  /// The version that is written, and the newest that is read.
  package static let currentVersion: UInt32 = 1
  /// Where the header's own checksum stands, in every version.
  package static let checksumOffset = page - 8
  /// The largest metadata that are read.
  static let metadataLimit = 1 << 20
  /// The largest file that is believed, far enough from overflow for sums of offsets.
  private static let sizeLimit = 1 << 60
  /// The most sections a file may have.
  static let sectionLimit = 1024

  /// The size of the whole file in bytes.
  var fileSize: Int
  var metadata: Range<Int>
  var metadataChecksum: UInt64
  var tableOffset: Int
  var tableChecksum: UInt64
  var sectionCount: Int

  var table: Range<Int> { tableOffset..<tableOffset + sectionCount * SectionTable.entrySize }

  /// The header's 4 KiB.
  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    for byte in Self.magic { writer.append(byte) }
    writer.append(Self.currentVersion)
    writer.append(UInt32(sectionCount))
    writer.append(UInt64(fileSize))
    writer.append(UInt64(metadata.lowerBound))
    writer.append(UInt64(metadata.count))
    writer.append(metadataChecksum)
    writer.append(UInt64(tableOffset))
    writer.append(tableChecksum)
    writer.pad(to: Self.checksumOffset)
    writer.append(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// Reads and checks the header of an open file.
  init(of file: ReadableFile) throws(FileError) {
    let faults = FileFaults(path: file.path)
    guard file.size > 0 else {
      throw FileError(
        .badData,
        path: file.path,
        reason: "the file is empty",
        remedy: "copy it again, or build the index again"
      )
    }
    let bytes = try file.bytes(0..<min(file.size, Self.page))
    guard bytes.prefix(8).elementsEqual(Self.magic.prefix(bytes.count)) else {
      throw ForeignFile.error(head: bytes, size: file.size, path: file.path)
    }
    guard bytes.count == Self.page else {
      throw faults.truncated(size: file.size, promised: Self.page)
    }
    try self.init(decoding: bytes, faults)
    guard fileSize == file.size else {
      if fileSize > file.size { throw faults.truncated(size: file.size, promised: fileSize) }
      throw faults.corrupt(
        "byte \(fileSize)",
        "the index ends here, but \(file.size - fileSize) bytes follow"
      )
    }
  }

  private init(decoding bytes: [UInt8], _ faults: FileFaults) throws(FileError) {
    // The checksum comes before the version: a flipped bit is no newer version.
    var tail = ByteReader(Array(bytes[Self.checksumOffset...]))
    guard tail.read(UInt64.self) == Checksum.of(bytes[..<Self.checksumOffset]) else {
      throw faults.corrupt("header, bytes 0 to 4095", "the checksum does not fit")
    }
    var reader = ByteReader(bytes)
    _ = reader.read(count: 8)
    let version = reader.read(UInt32.self) ?? 0
    guard version <= Self.currentVersion else {
      throw faults.newer("byte 8", "format version \(version)")
    }
    guard version >= 1 else { throw faults.corrupt("byte 8", "format version 0 does not exist") }
    let count = Int(reader.read(UInt32.self) ?? 0)
    var words: [UInt64] = []
    for _ in 0..<6 { words.append(reader.read(UInt64.self) ?? 0) }
    guard bytes[reader.offset..<Self.checksumOffset].allSatisfy({ $0 == 0 }) else {
      throw faults.newer("bytes 64 to 4087", "a header with more fields")
    }
    guard let size = Int(exactly: words[0]), (Self.page...Self.sizeLimit).contains(size) else {
      throw faults.corrupt("byte 16", "a file size of \(words[0]) bytes is impossible")
    }
    guard count <= Self.sectionLimit else {
      throw faults.corrupt("byte 12", "\(count) sections are more than \(Self.sectionLimit)")
    }
    guard words[2] <= UInt64(Self.metadataLimit), words[1] <= UInt64(size) - min(words[2], words[0])
    else {
      throw faults.corrupt(
        "byte 24",
        "metadata at byte \(words[1]) with \(words[2]) bytes do not fit into the file"
      )
    }
    guard words[4] <= UInt64(size) else {
      throw faults.corrupt("byte 48", "the section table at byte \(words[4]) is not in the file")
    }
    fileSize = size
    metadata = Int(words[1])..<Int(words[1]) + Int(words[2])
    metadataChecksum = words[3]
    tableOffset = Int(words[4])
    tableChecksum = words[5]
    sectionCount = count
    // The layout leaves no freedom: table after metadata, nothing after the table.
    guard metadata.lowerBound.isMultiple(of: Self.page), tableOffset == metadata.upperBound.paged,
      table.upperBound == fileSize
    else {
      throw faults.corrupt(
        "bytes 16 to 55",
        "metadata at bytes \(metadata) and section table at bytes \(table) "
          + "do not close a file of \(fileSize) bytes"
      )
    }
  }

  init(
    fileSize: Int,
    metadata: Range<Int>,
    metadataChecksum: UInt64,
    tableOffset: Int,
    tableChecksum: UInt64,
    sectionCount: Int
  ) {
    self.fileSize = fileSize
    self.metadata = metadata
    self.metadataChecksum = metadataChecksum
    self.tableOffset = tableOffset
    self.tableChecksum = tableChecksum
    self.sectionCount = sectionCount
  }
}

extension Int {
  /// The next multiple of 4 KiB; for offsets within files, which leave room for that.
  var paged: Int { (self + FileHeader.page - 1) & ~(FileHeader.page - 1) }
}
