internal import Glibc
internal import VectorCore

/// A file that grows while a training runs, and is worth reading at every moment.
///
/// What is appended is with the system when the call returns, so that a killed process loses
/// nothing of it. That is what logs are for, and why they are no `AtomicFile`.
struct LogFile: ~Copyable {
  let path: String
  private let descriptor: Int32
  private var size: Int

  /// Creates a file.
  ///
  /// - Throws: `FileError` where there is one already, or none can be made.
  init(creating path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.current().whileWriting(path) }
    size = 0
  }

  /// Opens a file to go on behind its end.
  ///
  /// - Throws: `FileError` where it is missing or cannot be written.
  init(opening path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.current().whileWriting(path) }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else {
      let error = SystemError.current()
      close(descriptor)
      throw error.whileWriting(path)
    }
    size = Int(end)
  }

  deinit { close(descriptor) }

  /// Appends bytes.
  ///
  /// - Throws: `FileError` for a full disk and all else that the system refuses; the next bytes then
  ///   take the place of what was written of these.
  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: size, path: path)
    }
    size += bytes.count
  }
}
