internal import Glibc
public import VectorCore

/// The lines of a text file, plain or gzip, one after the other.
///
/// ```swift
/// var reader = try LineReader(path: path)
/// while try reader.advance() {
///   try reader.withLine { bytes in … }
/// }
/// ```
/// Lines end in LF or CR LF, which are no part of them; the last may lack its end. A byte order
/// mark before the first line is skipped. Nothing is said about the bytes of a line unless
/// ``checkUTF8(_:)`` or ``text(_:)`` is asked.
///
/// Memory is that of the longest line, and at least 256 KiB.
public struct LineReader: ~Copyable {
  /// The path as the user gave it.
  public let path: String
  /// The number of the current line, from 1; 0 before the first.
  public private(set) var lineNumber = 0

  private let stream: GzipStream
  private let longestLine: Int
  private var buffer: [UInt8]
  /// The place of the buffer's first byte among all bytes, unpacked.
  private var bufferOffset: Int
  /// The bytes of the buffer that were read from the file and not yet passed.
  private var unread = 0..<0
  private var line = 0..<0
  private var isAtEnd = false

  /// How many bytes are read at a time.
  private static let blockSize = 1 << 18
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file; what is packed with gzip is unpacked, whatever its name.
  ///   - longestLine: bytes that a line may have; a file without line breaks must not fill the
  ///     memory.
  /// - Throws: ``VectorCore/FileError`` where it is missing, unreadable, or a folder.
  public init(path: String, longestLine: Int = 1 << 26) throws(FileError) {
    try self.init(path: path, longestLine: longestLine, from: 0)
  }

  /// Opens a file whose ``isPlainFile`` was found true, at the begin of one of its lines.
  init(path: String, longestLine: Int = 1 << 26, from offset: Int) throws(FileError) {
    self.path = path
    self.longestLine = longestLine
    stream = try GzipStream(path: path, from: offset)
    bufferOffset = offset
    buffer = [UInt8](repeating: 0, count: Self.blockSize)
  }

  /// The bytes of the file, as it is on the disk, packed or not; 0 for a pipe.
  public var fileSize: Int { stream.fileSize }

  /// How many of those bytes have been read, for showing progress.
  public var fileOffset: Int { stream.fileOffset }

  /// Whether the file is neither packed nor a pipe: then its lines can be found again by their
  /// ``lineOffset``.
  var isPlainFile: Bool { stream.isPlainFile }

  /// Where the current line begins: a byte of the file, counted from 0.
  var lineOffset: Int { bufferOffset + line.lowerBound }

  /// Goes to the next line.
  ///
  /// - Returns: whether there is one.
  /// - Throws: ``VectorCore/FileError`` where reading fails, the gzip data are damaged, or the line
  ///   is longer than allowed.
  public mutating func advance() throws(FileError) -> Bool {
    if lineNumber == 0 { try skipByteOrderMark() }
    var searched = 0
    while true {
      if let end = lineBreak(from: unread.lowerBound + searched) {
        pass(to: end, next: end + 1)
        return true
      }
      searched = unread.count
      guard searched <= longestLine else {
        lineNumber += 1
        throw error(
          "the line is longer than \(longestLine) bytes",
          remedy: "check that this is a text file with line breaks"
        )
      }
      if isAtEnd {
        guard !unread.isEmpty else { return false }
        pass(to: unread.upperBound, next: unread.upperBound)
        return true
      }
      try fill()
    }
  }

  /// Calls `body` with the bytes of the current line, without its end.
  public func withLine<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(buffer.span.extracting(line))
  }

  /// An error about the current line.
  public func error(_ reason: String, remedy: String? = nil) -> FileError {
    FileError(.badData, path: path, place: "line \(lineNumber)", reason: reason, remedy: remedy)
  }

  /// Checks that bytes of the current line are UTF-8, without overlong forms and surrogates.
  ///
  /// - Throws: ``VectorCore/FileError`` that names the line and the first wrong byte in `bytes`.
  public func checkUTF8(_ bytes: Span<UInt8>) throws(FileError) {
    do {
      _ = try UTF8Span(validating: bytes)
    } catch {
      throw self.error(
        "byte \(error.byteOffsets.lowerBound + 1) is not UTF-8",
        remedy: "convert the file to UTF-8"
      )
    }
  }

  /// Bytes of the current line as text.
  ///
  /// - Throws: as ``checkUTF8(_:)``.
  public func text(_ bytes: Span<UInt8>) throws(FileError) -> String {
    do {
      return String(copying: try UTF8Span(validating: bytes))
    } catch {
      throw self.error(
        "byte \(error.byteOffsets.lowerBound + 1) is not UTF-8",
        remedy: "convert the file to UTF-8"
      )
    }
  }

  /// Makes a range of the buffer the current line.
  private mutating func pass(to end: Int, next: Int) {
    let start = unread.lowerBound
    let hasReturn = end > start && buffer[end - 1] == UInt8(ascii: "\r")
    line = start..<(hasReturn ? end - 1 : end)
    unread = next..<unread.upperBound
    lineNumber += 1
  }

  private func lineBreak(from start: Int) -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      guard start < unread.upperBound, let base = bytes.baseAddress else { return nil }
      let found = unsafe memchr(base + start, Int32(UInt8(ascii: "\n")), unread.upperBound - start)
      return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
    }
  }

  /// Reads more bytes behind those that wait.
  private mutating func fill() throws(FileError) {
    if unread.lowerBound > 0 {
      // The waiting bytes are the begin of one line, few beside the block that was read.
      bufferOffset += unread.lowerBound
      buffer.replaceSubrange(0..<unread.count, with: buffer[unread])
      unread = 0..<unread.count
    }
    if unread.upperBound == buffer.count {
      buffer += [UInt8](repeating: 0, count: buffer.count)
    }
    let count = try stream.read(into: &buffer, from: unread.upperBound)
    unread = unread.lowerBound..<unread.upperBound + count
    isAtEnd = count == 0
  }

  private mutating func skipByteOrderMark() throws(FileError) {
    while !isAtEnd, unread.count < Self.byteOrderMark.count { try fill() }
    guard bufferOffset == 0, buffer[unread].starts(with: Self.byteOrderMark) else { return }
    unread = unread.lowerBound + Self.byteOrderMark.count..<unread.upperBound
  }
}
