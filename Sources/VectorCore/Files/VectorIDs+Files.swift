extension VectorIDs {
  /// Reads ids from a text file: one unsigned 64-bit number a line, lines ended by LF or CRLF.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - count: how many ids there must be.
  ///   - vectors: what the message for another count calls the vectors.
  /// - Throws: ``FileError`` that names the line: blank lines, signs, anything but digits, numbers
  ///   beyond 64 bits, ids that stand twice; and where there are fewer or more than `count`.
  public init(
    contentsOf path: String,
    count: Int,
    vectors: String = "the set"
  ) throws(FileError) {
    let file = try MappedFile(path: path)
    let ids = try unsafe file.withUnsafeBytes { (bytes) throws(FileError) in
      var reader = unsafe IDReader(bytes, path: path)
      return try reader.all(expecting: count)
    }
    guard ids.count == count else {
      throw FileError(
        .badData,
        path: path,
        reason: "\(ids.count) ids, but \(vectors) has \(count) vectors",
        remedy: "give one id a line for each vector"
      )
    }
    do {
      try self.init(ids)
    } catch {
      guard case .duplicateID(let id, let first, let second) = error else {
        throw FileError(.badData, path: path, reason: error.description)
      }
      throw FileError(
        .badData,
        path: path,
        place: "line \(second + 1)",
        reason: "id \(id) stands at line \(first + 1) already",
        remedy: "ids must be unique"
      )
    }
  }
}

/// Reads numbers line by line.
@safe
private struct IDReader {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var line = 0
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    unsafe self.bytes = unsafe bytes
    self.path = path
  }

  private func byte(at offset: Int) -> UInt8? {
    unsafe offset < bytes.count ? bytes[offset] : nil
  }

  mutating func all(expecting count: Int) throws(FileError) -> [UInt64] {
    var ids: [UInt64] = []
    // The expected count is the caller's, not the file's; each id takes two bytes at least.
    ids.reserveCapacity(unsafe min(count, bytes.count / 2 + 1))
    while byte(at: offset) != nil { ids.append(try next()) }
    return ids
  }

  private mutating func next() throws(FileError) -> UInt64 {
    line += 1
    let start = offset
    var value: UInt64 = 0
    while let byte = byte(at: offset) {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
      guard !overflow, !carry else { throw failure(from: start, "more than 64 bits") }
      value = sum
      offset += 1
    }
    let digits = offset - start
    if byte(at: offset) == UInt8(ascii: "\r"), byte(at: offset + 1) == UInt8(ascii: "\n") {
      offset += 1
    }
    guard byte(at: offset) == UInt8(ascii: "\n") || byte(at: offset) == nil else {
      throw failure(from: start, "not an unsigned whole number")
    }
    guard digits > 0 else {
      throw FileError(
        .badData,
        path: path,
        place: "line \(line)",
        reason: "blank",
        remedy: "give one id a line"
      )
    }
    offset += 1
    return value
  }

  /// An error about the line that begins at `start`, with its text.
  private func failure(from start: Int, _ reason: String) -> FileError {
    let rest = unsafe bytes[start...].prefix {
      $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
    }
    let what: String
    if line == 1, unsafe rest.starts(with: [0xEF, 0xBB, 0xBF]) {
      what = "a byte order mark, which is no part of an id"
    } else if let text = unsafe String(validating: rest.prefix(256), as: UTF8.self) {
      let shown = text.unicodeScalars.prefix(40).map { $0.value < 32 ? " " : Character($0) }
      what = "'\(String(shown))' is \(reason)"
    } else {
      what = "not UTF-8 text"
    }
    return FileError(
      .badData,
      path: path,
      place: "line \(line)",
      reason: what,
      remedy: "give one unsigned 64-bit id a line, digits only"
    )
  }
}
