internal import Glibc
internal import IndexStore
internal import VectorCore

/// A file of records, one a line, read in any order.
///
/// The file is mapped; 8 bytes a record are in memory. Lines end in LF or CR LF.
struct RecordFile: Sendable {
  /// The file's path as the user gave it.
  let path: String
  /// A checksum of the file.
  let checksum: UInt64
  private let file: MappedFile
  /// Where each line begins, and where the last ends.
  private let starts: [Int]

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let gzip: [UInt8] = [0x1F, 0x8B]

  /// Opens a file and finds its lines.
  ///
  /// - Throws: `FileError` where it is missing, packed, or holds no records.
  /// - Complexity: O(size of the file).
  init(path: String) throws(FileError) {
    self.path = path
    let file = try MappedFile(path: path)
    self.file = file
    let head = file.prefix(Self.byteOrderMark.count)
    guard !head.starts(with: Self.gzip) else {
      throw FileError(
        .badData,
        path: path,
        reason: "is packed, but records are read in any order",
        remedy: "unpack it with gunzip"
      )
    }
    let first = head == Self.byteOrderMark ? head.count : 0
    guard file.count > first else {
      throw FileError(.badData, path: path, reason: "holds no records")
    }
    starts = unsafe file.withUnsafeBytes { unsafe Self.starts(in: $0, from: first) }
    checksum = unsafe file.withUnsafeBytes { unsafe Checksum.of($0) }
  }

  private static func starts(in bytes: UnsafeRawBufferPointer, from first: Int) -> [Int] {
    guard let base = bytes.baseAddress else { return [] }
    var starts = [first]
    var place = first
    while let found = unsafe memchr(base + place, Int32(UInt8(ascii: "\n")), bytes.count - place) {
      place = unsafe UnsafeRawPointer(found) - base + 1
      starts.append(place)
    }
    // The last line may lack its end.
    if place < bytes.count { starts.append(bytes.count) }
    return starts
  }

  /// How many records there are.
  var count: Int { starts.count - 1 }

  /// The bytes of a line without its end.
  func line(_ index: Int) -> [UInt8] {
    let range = starts[index]..<starts[index + 1]
    var line = unsafe file.withUnsafeBytes { unsafe Array($0[range]) }
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }

  /// Reads a record.
  ///
  /// - Throws: `FileError` that names the line.
  func content(_ index: Int) throws(FileError) -> RecordContent {
    do throws(RecordContent.Fault) {
      return try RecordContent(parsing: line(index))
    } catch {
      throw self.error(at: index, error.reason, remedy: error.remedy)
    }
  }

  /// An error about a record.
  func error(at index: Int, _ reason: String, remedy: String? = nil) -> FileError {
    FileError(.badData, path: path, place: "line \(index + 1)", reason: reason, remedy: remedy)
  }
}
