internal import Glibc

/// What is asked of folders.
package enum Folder {
  /// Whether a path names a folder.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder where there is none.
  ///
  /// - Throws: ``FileError`` where it cannot be made, or where the path is a file's.
  package static func create(_ path: String) throws(FileError) {
    guard unsafe mkdir(path, 0o777) != 0 else { return }
    let error = SystemError.current()
    guard error.code == EEXIST else { throw error.whileWriting(path) }
    guard !exists(path) else { return }
    throw FileError(
      .inputOutput,
      path: path,
      reason: "is a file, not a folder",
      remedy: "give the name of a folder, which is created where it is missing"
    )
  }

  /// Copies the files of a folder, and of the folders in it, over those that are there.
  ///
  /// - Parameters:
  ///   - source: the folder.
  ///   - target: created where it is missing.
  ///   - left: names that are left out.
  /// - Throws: ``FileError`` where a file cannot be read or written; each appears when it is whole.
  package static func copy(
    _ source: String,
    to target: String,
    except left: Set<String> = []
  ) throws(FileError) {
    try create(target)
    for name in try names(in: source) where !left.contains(name) {
      let (from, to) = (source + "/" + name, target + "/" + name)
      if exists(from) {
        try copy(from, to: to, except: left)
        continue
      }
      let contents = try MappedFile(path: from)
      var file = try AtomicFile(path: to)
      try unsafe contents.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe file.write(unsafe: bytes)
      }
      try file.commit()
    }
  }

  /// The names in a folder, sorted, without "." and "..".
  ///
  /// - Throws: ``FileError`` where it cannot be read.
  package static func names(in path: String) throws(FileError) -> [String] {
    guard let folder = unsafe opendir(path) else {
      throw SystemError.current().whileReading(path)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { place in
        unsafe place.withMemoryRebound(to: CChar.self, capacity: 256) { characters in
          unsafe String(cString: characters)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
