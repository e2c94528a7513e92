internal import Glibc

/// A folder that appears under its name only when all of its files are there.
///
/// Files go to a hidden folder beside it, which ``commit()`` renames. A folder that is dropped
/// before that, as when an error is thrown, leaves nothing behind.
package struct AtomicFolder: ~Copyable {
  /// The final name, as the user gave it.
  package let path: String
  /// Where files are to be written until ``commit()``.
  package let temporary: String
  private var isRenamed: Bool

  /// Makes the hidden folder.
  ///
  /// - Throws: ``FileError`` where the name is taken by a file or by a folder that is not empty, and
  ///   where the folder around it is missing or cannot be written.
  package init(path: String) throws(FileError) {
    let path = String(path.reversed().drop { $0 == "/" }.reversed())
    guard !path.isEmpty, path.last != "." else {
      throw FileError(.usage, path: path, reason: "names no folder", remedy: "give a new name")
    }
    var status = stat()
    if unsafe lstat(path, &status) == 0 {
      let isEmpty = Folder.exists(path) ? try Folder.names(in: path).isEmpty : false
      guard isEmpty else {
        throw FileError(
          .inputOutput,
          path: path,
          reason: "is there already",
          remedy: "give another name, or remove it"
        )
      }
    }
    let temporary = try Self.make(beside: path)
    self.path = path
    self.temporary = temporary
    isRenamed = false
  }

  private static func make(beside path: String) throws(FileError) -> String {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let parent = slash.map { String(path[...$0]) } ?? "./"
    // Names of this process that are taken belong to others that it is writing, or to a process that
    // had the same number once.
    for attempt in 0..<1_000 {
      let temporary = "\(parent).needle-\(getpid())-\(attempt).folder"
      if unsafe mkdir(temporary, 0o777) == 0 { return temporary }
      let error = SystemError.current()
      guard error.code == EEXIST else { throw error.whileWriting(path) }
    }
    throw SystemError(code: EEXIST).whileWriting(path)
  }

  deinit {
    if !isRenamed { Folder.remove(temporary) }
  }

  /// Puts the folder under its final name.
  ///
  /// - Throws: ``FileError``; what was written is removed then.
  package consuming func commit() throws(FileError) {
    // An empty folder of this name is replaced.
    guard unsafe rename(temporary, path) == 0 else {
      throw SystemError.current().whileWriting(path)
    }
    isRenamed = true
  }
}

extension Folder {
  /// Removes a folder with all that is in it, as far as the system allows; links are removed, not
  /// what they point to.
  package static func remove(_ path: String) {
    for name in (try? names(in: path)) ?? [] {
      let entry = path + "/" + name
      if unsafe unlink(entry) != 0 { remove(entry) }
    }
    _ = unsafe rmdir(path)
  }
}
