internal import Glibc
internal import VectorCore

/// A file that is written over a long time, perhaps by several processes one after the other, and
/// gets its final name when it is whole.
///
/// Until then it ends in `.partial`. What is behind ``size`` in the file may be anything: it is what
/// a process wrote that was ended before it could say so in the manifest.
struct GrowingFile: ~Copyable {
  let path: String
  private(set) var size: Int
  private let descriptor: Int32

  private var partial: String { Self.partial(path) }

  static func partial(_ path: String) -> String { path + ".partial" }

  /// Opens the file, or creates it where nothing is kept.
  ///
  /// - Parameters:
  ///   - path: the final name.
  ///   - size: how many bytes of it count; the rest is cut off.
  /// - Throws: ``VectorCore/FileError``, also where there are fewer bytes.
  init(_ path: String, keeping size: Int) throws(FileError) {
    self.path = path
    self.size = size
    let partial = Self.partial(path)
    // It may have got its final name before the manifest could tell.
    if size > 0, unsafe access(partial, F_OK) != 0 { _ = unsafe rename(path, partial) }
    descriptor = unsafe open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.current().whileWriting(path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw SystemError.current().whileWriting(path)
    }
    guard status.st_size >= size else {
      throw FileError(
        .badData,
        path: partial,
        reason: "holds \(status.st_size) bytes, but the manifest says \(size)",
        remedy: "remove the folder and encode again"
      )
    }
    guard ftruncate(descriptor, size) == 0 else { throw SystemError.current().whileWriting(path) }
  }

  deinit { close(descriptor) }

  /// Appends bytes.
  mutating func append(_ bytes: RawSpan) throws(FileError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: size, path: path)
    }
    size += bytes.byteCount
  }

  /// Replaces the first bytes.
  func overwrite(_ bytes: [UInt8]) throws(FileError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: 0, path: path)
    }
  }

  /// Puts what was written on the disk.
  func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw SystemError.current().whileWriting(path) }
  }

  /// Gives the whole file its final name.
  ///
  /// - Returns: its checksum.
  consuming func finish() throws(FileError) -> String {
    try sync()
    let checksum = try Checksum.of(fileAt: partial).asChecksum
    guard unsafe rename(partial, path) == 0 else {
      throw SystemError.current().whileWriting(path)
    }
    return checksum
  }
}
