internal import Glibc

/// A file that appears under its name only when it is complete and on the disk.
///
/// Bytes go to a temporary file in the same folder. ``commit()`` syncs it, renames it and syncs the
/// folder. A file that is dropped before that, as when an error is thrown, leaves nothing behind.
/// Where the path names a symbolic link, the file that it points to is replaced, not the link.
package struct AtomicFile: ~Copyable {
  /// The final name, as the user gave it.
  package let path: String
  /// How many bytes have been written, which is the offset of the next one.
  package private(set) var size = 0

  private let place: Place
  private let descriptor: Int32
  private var state = State.writing
  private var pending: [UInt8] = []

  /// Small writes are collected up to this many bytes.
  private static let bufferSize = 1 << 18

  private enum State {
    case writing
    case closed
    case renamed
  }

  /// Creates the temporary file.
  ///
  /// - Throws: ``FileError`` where the folder is missing or cannot be written, or where the path
  ///   names something that is no regular file.
  package init(path: String) throws(FileError) {
    self.path = path
    var place = try Place(path: path)
    descriptor = try place.createTemporary(for: path)
    self.place = place
  }

  deinit {
    if state == .writing { close(descriptor) }
    if state != .renamed { _ = unsafe unlink(place.temporary) }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError`` for a full disk and all else that the system refuses.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe write(unsafe: buffer)
    }
  }

  /// Appends bytes that stay valid during the call.
  ///
  /// - Throws: ``FileError`` for a full disk and all else that the system refuses.
  package mutating func write(unsafe bytes: UnsafeRawBufferPointer) throws(FileError) {
    if pending.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count < Self.bufferSize {
      unsafe pending.append(contentsOf: bytes)
    } else {
      try unsafe writeAll(bytes, to: descriptor, from: size, path: path)
    }
    size += bytes.count
  }

  /// Appends the bytes of a number in little-endian order, or of any other plain value as it is.
  ///
  /// - Throws: ``FileError`` for a full disk and all else that the system refuses.
  package mutating func write<Value: BitwiseCopyable>(value: Value) throws(FileError) {
    try unsafe Swift.withUnsafeBytes(of: value) { (buffer) throws(FileError) in
      try unsafe write(unsafe: buffer)
    }
  }

  /// Appends zeros until the size is a multiple of `alignment`.
  ///
  /// - Throws: ``FileError`` for a full disk and all else that the system refuses.
  package mutating func pad(toMultipleOf alignment: Int) throws(FileError) {
    precondition(alignment > 0, "alignment \(alignment) must be positive")
    let missing = (alignment - size % alignment) % alignment
    guard missing > 0 else { return }
    try write([UInt8](repeating: 0, count: missing))
  }

  /// Replaces bytes that were written before, as a header that holds totals.
  ///
  /// - Precondition: the bytes lie inside what has been written.
  /// - Throws: ``FileError`` for all that the system refuses.
  package mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    precondition(
      offset >= 0 && offset + bytes.count <= size,
      "bytes \(offset)..<\(offset + bytes.count) of \(size) written"
    )
    try flush()
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: offset, path: path)
    }
  }

  /// Drops what was written from `size` on.
  ///
  /// - Precondition: no more than has been written is kept.
  /// - Throws: ``FileError`` for all that the system refuses.
  package mutating func truncate(to size: Int) throws(FileError) {
    precondition(size >= 0 && size <= self.size, "\(size) of \(self.size) bytes kept")
    try flush()
    guard ftruncate(descriptor, size) == 0 else {
      throw SystemError.current().whileWriting(path)
    }
    self.size = size
  }

  /// Calls `body` with all that was written, mapped for the time of the call.
  ///
  /// - Throws: ``FileError`` for all that the system refuses, and what `body` throws.
  package mutating func withContents<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try flush()
    guard size > 0 else { return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let start = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      throw SystemError.current().whileWriting(path)
    }
    defer { unsafe munmap(start, size) }
    return try unsafe body(UnsafeRawBufferPointer(start: start, count: size))
  }

  /// Puts the file on the disk under its final name.
  ///
  /// - Throws: ``FileError``; the temporary file is removed then, and a file that was there before
  ///   stays as it was.
  package consuming func commit() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw SystemError.current().whileWriting(path) }
    state = .closed
    guard close(descriptor) == 0 else { throw SystemError.current().whileWriting(path) }
    guard unsafe rename(place.temporary, place.target) == 0 else {
      throw SystemError.current().whileWriting(path)
    }
    state = .renamed
    try place.syncFolder(for: path)
  }

  private mutating func flush() throws(FileError) {
    guard !pending.isEmpty else { return }
    let start = size - pending.count
    try unsafe pending.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: start, path: path)
    }
    pending.removeAll(keepingCapacity: true)
  }
}

/// Writes bytes at an offset, however many calls that takes.
///
/// - Throws: ``FileError`` that names `path` and how far the writing came.
package func writeAll(
  _ bytes: UnsafeRawBufferPointer,
  to descriptor: Int32,
  from offset: Int,
  path: String
) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
    let written = unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
    if written < 0 {
      let error = SystemError.current()
      if error.code == EINTR { continue }
      throw error.whileWriting(path, place: "byte \(offset + done)")
    }
    done += written
  }
}

extension AtomicFile {
  /// Where the file will stand and where it is until then.
  fileprivate struct Place {
    let target: String
    let folder: String
    private(set) var temporary = ""

    init(path: String) throws(FileError) {
      guard !path.isEmpty, !path.hasSuffix("/") else {
        throw FileError(.usage, path: path, reason: "names no file", remedy: "give a file name")
      }
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
        throw FileError(
          .inputOutput,
          path: path,
          reason: "cannot be replaced: it is \(kind)",
          remedy: "give the name of a file"
        )
      }
      let target = Self.resolved(path)
      let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
      self.target = target
      folder = slash.map { String(target[...$0]) } ?? "./"
    }

    private static func resolved(_ path: String) -> String {
      guard let whole = unsafe realpath(path, nil) else { return path }
      defer { unsafe free(whole) }
      return unsafe String(cString: whole)
    }

    /// Opens the first free temporary name.
    mutating func createTemporary(for path: String) throws(FileError) -> Int32 {
      // Names of this process that are taken belong to other files it is writing, or to a process
      // that had the same number once, or has it in another container.
      for attempt in 0..<1_000 {
        temporary = "\(folder).needle-\(getpid())-\(attempt).tmp"
        let descriptor = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 { return descriptor }
        let error = SystemError.current()
        guard error.code == EEXIST else { throw error.whileWriting(path) }
      }
      throw SystemError(code: EEXIST).whileWriting(path)
    }

    /// Makes the new name last through a loss of power.
    func syncFolder(for path: String) throws(FileError) {
      let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      // A folder may be written to without being readable, and some file systems cannot sync one:
      // the file is whole and in its place, and there is no more that can be done.
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      guard fsync(descriptor) != 0 else { return }
      let error = SystemError.current()
      if error.code == EIO { throw error.whileWriting(path) }
    }
  }
}
