internal import VectorCore

/// One line of a zip archive's directory.
struct ZipEntry {
  let name: String
  private var size: Int
  private var storedSize: Int
  /// The offset of the entry's own header, behind which its data lie.
  private var header: Int

  private static let localSignature: UInt32 = 0x0403_4B50
  private static let centralSignature: UInt32 = 0x0201_4B50
  /// A size that stands in the zip64 field instead.
  private static let elsewhere = Int(UInt32.max)

  /// Reads the line at the cursor.
  ///
  /// - Throws: ``FileError`` for damaged lines, and for compressed and encrypted entries.
  init(from cursor: inout FileCursor) throws(FileError) {
    let place = cursor.offset
    guard try cursor.number(UInt32.self) == Self.centralSignature else {
      throw cursor.failure("no entry of a zip directory stands here", at: place)
    }
    try cursor.take(4)
    let isEncrypted = try cursor.number(UInt16.self) & 1 != 0
    let isStored = try cursor.number(UInt16.self) == 0
    try cursor.take(8)
    storedSize = Int(try cursor.number(UInt32.self))
    size = Int(try cursor.number(UInt32.self))
    let nameLength = Int(try cursor.number(UInt16.self))
    let extraLength = Int(try cursor.number(UInt16.self))
    let commentLength = Int(try cursor.number(UInt16.self))
    try cursor.take(8)
    header = Int(try cursor.number(UInt32.self))
    name = try cursor.text(nameLength)
    let extra = try cursor.take(extraLength)
    try cursor.take(commentLength)
    try readZip64(FileCursor(cursor.file, from: extra, to: extra + extraLength))
    guard isStored, !isEncrypted, storedSize == size else {
      throw cursor.failure(
        "the entry \(name) is compressed or encrypted, which PyTorch's own files are not",
        at: place,
        remedy: "save it again with torch.save or as safetensors"
      )
    }
  }

  /// Takes the numbers beyond 32 bits from the extra field with number 1.
  private mutating func readZip64(_ extra: FileCursor) throws(FileError) {
    guard size == Self.elsewhere || storedSize == Self.elsewhere || header == Self.elsewhere else {
      return
    }
    var fields = extra
    while true {
      let kind = try fields.number(UInt16.self)
      let length = Int(try fields.number(UInt16.self))
      guard kind == 1 else {
        try fields.take(length)
        continue
      }
      if size == Self.elsewhere { size = try fields.count(UInt64.self) }
      if storedSize == Self.elsewhere { storedSize = try fields.count(UInt64.self) }
      if header == Self.elsewhere { header = try fields.count(UInt64.self) }
      return
    }
  }

  /// The entry's bytes, which lie before `end`.
  ///
  /// - Throws: ``FileError`` where they do not, or no header stands before them.
  func data(in file: MappedFile, end: Int) throws(FileError) -> Range<Int> {
    guard header <= end else {
      throw FileCursor(file, from: end, to: end).failure(
        "the entry \(name) would begin at byte \(header), behind the archive's data",
        at: end
      )
    }
    var cursor = FileCursor(file, from: header, to: end)
    guard try cursor.number(UInt32.self) == Self.localSignature else {
      throw cursor.failure("the entry \(name) does not begin here", at: header)
    }
    try cursor.take(22)
    let nameLength = Int(try cursor.number(UInt16.self))
    let extraLength = Int(try cursor.number(UInt16.self))
    try cursor.take(nameLength + extraLength)
    let start = try cursor.take(size)
    return start..<start + size
  }
}
