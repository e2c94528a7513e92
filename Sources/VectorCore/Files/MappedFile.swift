internal import Glibc

/// A file's bytes, mapped for reading: nothing is read before it is touched.
///
/// A file that another process shortens while it is mapped ends this process, as with every mapped
/// file; Needletail's own writers replace files and never shorten them.
@safe  // @unchecked Sendable because the bytes are never written.
package final class MappedFile: @unchecked Sendable {
  /// The path as the user gave it.
  package let path: String
  private let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: ``FileError`` where the file is missing, unreadable, or no regular file.
  package init(path: String) throws(FileError) {
    self.path = path
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemError.current().whileReading(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw SystemError.current().whileReading(path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw FileError(
        .missingInput,
        path: path,
        reason: isFolder ? "is a folder, not a file" : "is no regular file, and cannot be mapped",
        remedy: isFolder ? "give the file inside" : "copy it to a file first"
      )
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      throw SystemError.current().whileReading(path)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = unsafe bytes.baseAddress {
      _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// The file's size in bytes.
  package var count: Int { unsafe bytes.count }

  /// Calls `body` with all bytes, valid during the call.
  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(bytes)
  }

  /// The number at an offset, which need not be aligned.
  ///
  /// - Precondition: it lies inside the file.
  package func load<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int,
    as type: Value.Type
  ) -> Value {
    precondition(
      offset >= 0 && offset <= count - MemoryLayout<Value>.size,
      "\(type) at byte \(offset) of \(count)"
    )
    return unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The bytes of a range, cut to the file's size.
  package func prefix(_ length: Int) -> [UInt8] { unsafe Array(bytes.prefix(length)) }
}
