internal import VectorCore

/// Reads the numbers and texts of a mapped file one after another, and never past `end`.
struct FileCursor {
  let file: MappedFile
  /// The file's byte that is read next.
  private(set) var offset: Int
  /// The first byte that must not be read.
  let end: Int

  /// Reads from `offset` up to `end`.
  ///
  /// - Precondition: `0 <= offset <= end <= file.count`.
  init(_ file: MappedFile, from offset: Int, to end: Int) {
    precondition(offset >= 0 && offset <= end && end <= file.count, "\(offset)..<\(end)")
    self.file = file
    self.offset = offset
    self.end = end
  }

  /// The bytes that are left.
  var remaining: Int { end - offset }

  /// The next number, little-endian.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(FileError) -> Number {
    let start = try take(MemoryLayout<Number>.size)
    return file.load(at: start, as: type).littleEndian
  }

  /// The next number, which must be one that counts bytes or elements here.
  mutating func count<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(FileError) -> Int {
    let start = offset
    let value = try number(type)
    guard let count = Int(exactly: value), count >= 0 else {
      throw failure("\(value) is no size", at: start)
    }
    return count
  }

  /// The next `count` bytes as text.
  mutating func text(_ count: Int) throws(FileError) -> String {
    let start = try take(count)
    guard let text = String(validating: file.bytes(start..<start + count), as: UTF8.self) else {
      throw failure("a text is not valid UTF-8", at: start)
    }
    return text
  }

  /// The bytes up to the next line break, which is skipped.
  mutating func line(limit: Int) throws(FileError) -> String {
    let start = offset
    while offset - start <= limit {
      if try number(UInt8.self) == 0x0A {
        let length = offset - 1 - start
        offset = start
        let text = try text(length)
        offset += 1
        return text
      }
    }
    throw failure("a line of more than \(limit) bytes", at: start)
  }

  /// Passes over `count` bytes, and says where they began.
  @discardableResult
  mutating func take(_ count: Int) throws(FileError) -> Int {
    guard count >= 0, count <= remaining else {
      throw failure(
        "truncated: \(count) bytes are needed, but \(remaining) are left",
        at: offset
      )
    }
    defer { offset += count }
    return offset
  }

  /// An error about a byte of the file.
  func failure(_ reason: String, at byte: Int, remedy: String? = nil) -> FileError {
    FileError(
      .badData,
      path: file.path,
      place: "byte \(byte)",
      reason: reason,
      remedy: remedy ?? "download or save the file again"
    )
  }
}

extension MappedFile {
  /// A copy of some bytes.
  ///
  /// - Precondition: the range lies inside the file.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count)")
    return unsafe withUnsafeBytes { unsafe Array($0[range]) }
  }
}
