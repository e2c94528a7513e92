internal import CZlib
internal import Glibc
internal import VectorCore

/// The bytes of a file from the first to the last, unpacked where the file is gzip.
///
/// What the file is, its first bytes say, not its name. Pipes can be read too.
@safe
struct GzipStream: ~Copyable {
  let path: String
  /// The bytes of the file, as it is on the disk; 0 for a pipe.
  let fileSize: Int
  /// Whether the bytes are those of a regular file, so that reading can begin at any of them.
  let isPlainFile: Bool
  private let file: gzFile

  /// Memory for packed bytes.
  private static let bufferSize: UInt32 = 1 << 17

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - offset: the byte to begin at; 0 unless the file is known to be plain.
  /// - Throws: ``VectorCore/FileError`` where it is missing, unreadable, or a folder.
  init(path: String, from offset: Int = 0) throws(FileError) {
    self.path = path
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.current().whileReading(path) }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw FileError(
        .missingInput,
        path: path,
        reason: "is a folder, not a file",
        remedy: "give the file inside"
      )
    }
    guard offset == 0 || lseek(descriptor, offset, SEEK_SET) == offset,
      let file = unsafe gzdopen(descriptor, "rb")
    else {
      let error = SystemError.current()
      close(descriptor)
      throw error.whileReading(path)
    }
    unsafe gzbuffer(file, Self.bufferSize)
    fileSize = Int(status.st_size)
    isPlainFile = unsafe status.st_mode & S_IFMT == S_IFREG && gzdirect(file) == 1
    unsafe self.file = unsafe file
  }

  deinit { _ = unsafe gzclose_r(file) }

  /// How many bytes of the file have been read, of ``fileSize``.
  var fileOffset: Int { unsafe Int(gzoffset(file)) }

  /// Fills the end of `buffer` from `start` on, with at least one byte unless the file is at its
  /// end.
  ///
  /// - Returns: how many bytes came.
  /// - Throws: ``VectorCore/FileError`` where reading fails or the packed data are damaged.
  borrowing func read(into buffer: inout [UInt8], from start: Int) throws(FileError) -> Int {
    let room = UInt32(clamping: min(buffer.count - start, Int(Int32.max)))
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe gzread(file, bytes.baseAddress?.advanced(by: start), room)
    }
    if count > 0 { return Int(count) }
    let error = SystemError.current()
    var code: Int32 = 0
    _ = unsafe gzerror(file, &code)
    switch code {
    case Z_OK, Z_STREAM_END: return 0
    case Z_ERRNO: throw error.whileReading(path)
    case Z_BUF_ERROR:
      throw FileError(
        .badData,
        path: path,
        reason: "the gzip data end in the middle",
        remedy: "fetch or write the file again"
      )
    default:
      throw FileError(
        .badData,
        path: path,
        reason: "the gzip data are damaged",
        remedy: "fetch or write the file again"
      )
    }
  }
}
