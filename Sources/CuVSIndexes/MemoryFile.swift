internal import CCuVS
internal import Glibc
internal import VectorCore

/// A file in memory, for a library that writes and reads files only.
final class MemoryFile {
  private let descriptor: Int32

  /// Makes an empty file.
  ///
  /// - Throws: `FileError` where the system refuses.
  init() throws(FileError) {
    descriptor = ccuvs_memory_file()
    guard descriptor >= 0 else { throw SystemError.current().whileWriting("a file in memory") }
  }

  /// Makes a file of bytes.
  ///
  /// - Throws: `FileError` where memory is full.
  convenience init(_ bytes: SharedArray<UInt8>) throws(FileError) {
    try self.init()
    try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try unsafe writeAll(UnsafeRawBufferPointer(bytes), to: descriptor, from: 0, path: path)
    }
  }

  deinit { close(descriptor) }

  /// A path that this process can open it by.
  var path: String { "/proc/self/fd/\(descriptor)" }

  /// All bytes, which stay when the file is gone.
  ///
  /// - Throws: `FileError` where the system cannot map them.
  func contents() throws(FileError) -> SharedArray<UInt8> {
    let mapped = try MappedFile(path: path)
    return unsafe mapped.withUnsafeBytes { bytes in
      unsafe SharedArray(unsafe: bytes.bindMemory(to: UInt8.self), owner: mapped)
    }
  }
}
