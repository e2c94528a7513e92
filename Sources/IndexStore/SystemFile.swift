internal import Glibc
package import VectorCore

// Everything this module asks of the operating system. Offsets and sizes are checked by the
// callers; here every call's failure becomes a `FileError`.

#if _endian(big)
#error(
  "index files are little-endian and mapped as they are; big-endian machines are not supported"
)
#endif

/// Whether a failed call was meant to read or to write, which decides kind and remedy.
package enum FileAccess: Sendable {
  /// An input.
  case reading
  /// An output.
  case writing
}

/// A failed system call in words, with what to do about it.
package func systemError(_ code: Int32, _ access: FileAccess, path: String) -> FileError {
  var kind = FailureKind.inputOutput
  let remedy: String
  switch code {
  case ENOENT where access == .reading:
    return FileError(
      .missingInput,
      path: path,
      reason: "no such file",
      remedy: "check the name, or build it with 'needle index build'"
    )
  case ENOENT, ENOTDIR: remedy = "create the folder first, or choose another"
  case EACCES, EPERM, EROFS: remedy = "check the permissions of the file and its folder"
  case ENOSPC: remedy = "free some space, or write to another disk"
  case EDQUOT: remedy = "your quota is used up: free some space, or write to another disk"
  case EFBIG: remedy = "raise the limit on file sizes (ulimit -f), or write to another disk"
  case EISDIR:
    kind = access == .reading ? .badData : .inputOutput
    remedy = "name a file in it"
  case ENAMETOOLONG: remedy = "use a shorter name"
  case ELOOP: remedy = "repair the symbolic link"
  case ENOMEM: remedy = "free some memory"
  case EMFILE, ENFILE: remedy = "close some files, or raise the limit (ulimit -n)"
  default: remedy = "check the disk, and try again"
  }
  let what = unsafe String(cString: strerror(code))
  let verb = access == .reading ? "cannot be read" : "cannot be written"
  return FileError(kind, path: path, reason: "\(verb): \(what)", remedy: remedy)
}

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
    guard descriptor >= 0 else { throw systemError(errno, .reading, path: path) }
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw systemError(code, .reading, path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      if status.st_mode & S_IFMT == S_IFDIR { throw systemError(EISDIR, .reading, path: path) }
      throw FileError(
        .badData,
        path: path,
        reason: "not a regular file, so it cannot be mapped",
        remedy: "copy it to a regular file first"
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
      guard count >= 0 else { throw systemError(errno, .reading, path: path) }
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
    do {
      try unsafe bytes.withUnsafeMutableBytes { buffer in
        try unsafe read(at: range.lowerBound, into: buffer)
      }
    } catch let error as FileError {
      throw error
    } catch {
      throw systemError(EIO, .reading, path: path)
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
      throw systemError(errno, .reading, path: path)
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

/// A file that appears under its name whole or not at all.
///
/// It is written under a temporary name in the same folder; whoever lets go of it without
/// ``commit()`` leaves no trace.
struct AtomicFile: ~Copyable {
  /// The path as the user gave it.
  let path: String
  /// The path that is replaced: a symbolic link is followed, so that the link stays.
  private let target: String
  private let folder: String
  private let temporary: String
  private let descriptor: Int32
  private var committed = false

  /// Creates the temporary file.
  init(replacing path: String) throws(FileError) {
    guard !path.isEmpty else { throw systemError(ENOENT, .writing, path: path) }
    guard path.utf8.last != UInt8(ascii: "/") else {
      throw systemError(EISDIR, .writing, path: path)
    }
    let target = try resolvedTarget(path)
    let folder = parentFolder(of: target)
    let (descriptor, temporary) = try createTemporary(in: folder, for: path)
    self.path = path
    self.target = target
    self.folder = folder
    self.descriptor = descriptor
    self.temporary = temporary
  }

  deinit {
    close(descriptor)
    if !committed { unsafe unlink(temporary) }
  }

  /// Writes all of `bytes` at `offset`; what lies before and was not written reads as zeros.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    try unsafe writeAll(bytes, at: offset, descriptor: descriptor, path: path)
  }

  /// Cuts the file off at, or extends it with zeros to, `size` bytes.
  func resize(to size: Int) throws(FileError) {
    guard retrying({ ftruncate(descriptor, off_t(size)) }) == 0 else {
      throw systemError(errno, .writing, path: path)
    }
  }

  /// Makes the file durable and gives it its name.
  mutating func commit() throws(FileError) {
    guard retrying({ fsync(descriptor) }) == 0 else {
      throw systemError(errno, .writing, path: path)
    }
    guard unsafe rename(temporary, target) == 0 else {
      throw systemError(errno, .writing, path: path)
    }
    committed = true
    let handle = retrying { unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard handle >= 0 else { return }  // a folder that may be written but not read
    defer { close(handle) }
    // Some file systems cannot sync a folder and say so with EINVAL; there is nothing to do then.
    guard retrying({ fsync(handle) }) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw systemError(errno, .writing, path: path)
    }
  }

  /// A file without a name in the same folder.
  func scratch() throws(FileError) -> ScratchFile {
    let (descriptor, name) = try createTemporary(in: folder, for: path)
    unsafe unlink(name)
    return ScratchFile(descriptor: descriptor, path: path)
  }
}

/// A file without a name, gone when it is let go of.
struct ScratchFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private var size = 0

  fileprivate init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Writes at the end.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try unsafe writeAll(bytes, at: size, descriptor: descriptor, path: path)
    size += bytes.count
  }

  /// Maps what was written.
  func map() throws(FileError) -> FileMapping {
    try FileMapping(descriptor: descriptor, byteCount: size, path: path)
  }
}

private func writeAll(
  _ bytes: UnsafeRawBufferPointer,
  at offset: Int,
  descriptor: Int32,
  path: String
) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
    let count = retrying {
      unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
    }
    guard count > 0 else { throw systemError(count == 0 ? EIO : errno, .writing, path: path) }
    done += count
  }
}

/// Where a path leads: checks that what stands there may be replaced by a file.
private func resolvedTarget(_ path: String) throws(FileError) -> String {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return path }
  switch status.st_mode & S_IFMT {
  case S_IFREG: break
  case S_IFDIR: throw systemError(EISDIR, .writing, path: path)
  default:
    throw FileError(
      .inputOutput,
      path: path,
      reason: "not a regular file, so it cannot be replaced",
      remedy: "choose another name"
    )
  }
  guard let resolved = unsafe realpath(path, nil) else { return path }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}

private func parentFolder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

private func createTemporary(
  in folder: String,
  for path: String
) throws(FileError) -> (descriptor: Int32, name: String) {
  // The number steps over files that other threads, or a killed process of this id, left.
  for number in 0..<10_000 {
    let name = "\(folder)/.needle-\(getpid())-\(number).tmp"
    let descriptor = retrying {
      unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    if descriptor >= 0 { return (descriptor, name) }
    guard errno == EEXIST else { throw systemError(errno, .writing, path: path) }
  }
  throw systemError(EEXIST, .writing, path: path)
}

/// Repeats a call that a signal interrupted.
private func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
  while true {
    let value = call()
    if value != -1 || errno != EINTR { return value }
  }
}
