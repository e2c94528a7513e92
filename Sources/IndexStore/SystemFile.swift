internal import Glibc
internal import VectorCore

// How index files are read: what this module asks of the operating system beside `AtomicFile`.
// Offsets and sizes are checked by the callers; here every call's failure becomes a `FileError`.

#if _endian(big)
#error(
  "index files are little-endian and mapped as they are; big-endian machines are not supported"
)
#endif

/// A regular file opened for reading.
final class ReadableFile: Sendable {
  let path: String
  /// The size in bytes when the file was opened.
  let size: Int
  private let descriptor: Int32

  /// Opens a regular file.
  init(_ path: String) throws(FileError) {
    // Non-blocking, or opening a pipe would wait for a writer; regular files ignore it.
    let descriptor = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw SystemError.current().whileReading(path) }
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = SystemError.current()
      close(descriptor)
      throw error.whileReading(path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw FileError(
        .badData,
        path: path,
        reason: isFolder ? "is a directory" : "not a regular file, so it cannot be mapped",
        remedy: isFolder ? "name a file in it" : "copy it to a regular file first"
      )
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` from `offset` on.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retrying {
        unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      guard count >= 0 else { throw SystemError.current().whileReading(path) }
      guard count > 0 else {
        throw FileError(
          .badData,
          path: path,
          place: "byte \(offset + done)",
          reason: "the file became shorter while it was read",
          remedy: "write index files with 'needle', which replaces them whole, and try again"
        )
      }
      done += count
    }
  }

  /// The bytes of a range that lies within the file.
  func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    try unsafe raw.withUnsafeMutableBytes { (buffer) throws(FileError) in
      try unsafe read(at: range.lowerBound, into: buffer)
    }
    return bytes
  }

  /// Maps the whole file; pages are read when they are touched.
  func map() throws(FileError) -> FileMapping {
    try FileMapping(descriptor: descriptor, byteCount: size, path: path)
  }
}

/// A file's bytes in the address space, read-only.
// @unchecked Sendable because nobody writes through the mapping.
@safe
final class FileMapping: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  fileprivate init(descriptor: Int32, byteCount: Int, path: String) throws(FileError) {
    guard byteCount > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      throw SystemError.current().whileReading(path)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
  }

  deinit {
    if let start = unsafe bytes.baseAddress {
      unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// Gives the memory of a range back to the system; it is read again where it is touched again.
  func release(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound / page * page
    guard first < last, let start = unsafe bytes.baseAddress else { return }
    let place = unsafe UnsafeMutableRawPointer(mutating: start + first)
    _ = unsafe madvise(place, last - first, MADV_DONTNEED)
  }
}

/// Repeats a call that a signal interrupted.
private func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
  while true {
    let value = call()
    if value != -1 || errno != EINTR { return value }
  }
}
