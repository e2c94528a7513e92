internal import Glibc
internal import IndexStore
internal import VectorCore

/// What a file or a folder holds, by a checksum.
struct PathState: Equatable {
  let path: String
  /// How many files there are, 1 for a file.
  let files: Int
  /// Their bytes in all.
  let size: Int
  /// When the latest of them was written, in nanoseconds.
  let modified: Int
  /// XXH3 of the bytes; of a folder, of its files' names and checksums.
  let checksum: UInt64

  init(path: String, files: Int, size: Int, modified: Int, checksum: UInt64) {
    self.path = path
    self.files = files
    self.size = size
    self.modified = modified
    self.checksum = checksum
  }

  /// Looks at a path; `nil` where nothing is there.
  ///
  /// - Parameters:
  ///   - path: a file or a folder.
  ///   - known: what was found there before; where sizes and times are the same, its checksum is
  ///     taken without reading.
  /// - Throws: `FileError` where something cannot be read.
  init?(of path: String, known: PathState?) throws(FileError) {
    guard let found = try FoundFile.all(at: path) else { return nil }
    files = found.count
    size = found.reduce(0) { $0 &+ $1.size }
    modified = found.reduce(0) { max($0, $1.modified) }
    self.path = path
    if let known, known.files == files, known.size == size, known.modified == modified {
      checksum = known.checksum
      return
    }
    var sums: [UInt8] = []
    for file in found {
      let sum = try unsafe MappedFile(path: file.path).withUnsafeBytes { unsafe Checksum.of($0) }
      if found.count == 1, file.path == path {
        checksum = sum
        return
      }
      sums += Array("\(file.path.dropFirst(path.utf8.count))\u{0}\(sum)\n".utf8)
    }
    checksum = Checksum.of(sums)
  }

  /// Whether the bytes are the same, whenever they were written.
  func hasContent(of other: PathState) -> Bool {
    checksum == other.checksum && size == other.size && files == other.files
  }
}

/// A regular file at or below a path.
private struct FoundFile {
  let path: String
  let size: Int
  let modified: Int

  /// The files at a path, sorted by name; `nil` where nothing is there.
  static func all(at path: String) throws(FileError) -> [FoundFile]? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      let error = SystemError.current()
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error.whileReading(path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      let seconds = status.st_mtim.tv_sec
      let modified = seconds &* 1_000_000_000 &+ status.st_mtim.tv_nsec
      return [FoundFile(path: path, size: Int(status.st_size), modified: modified)]
    }
    var found: [FoundFile] = []
    for name in try Folder.names(in: path) {
      let inner = "\(path)/\(name)"
      // A link to a folder might lead back here.
      guard unsafe lstat(inner, &status) == 0, !isLinkedFolder(inner, status) else { continue }
      found += try all(at: inner) ?? []
    }
    return found
  }

  private static func isLinkedFolder(_ path: String, _ status: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFLNK && Folder.exists(path)
  }
}
