internal import Glibc
internal import VectorCore

/// Makes room for what a step writes.
enum OutputPlace {
  /// Makes the folders above a path.
  ///
  /// - Throws: `FileError` where one cannot be made.
  static func createParent(of path: String) throws(FileError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let parent = String(path[..<slash])
    guard !Folder.exists(parent) else { return }
    try createParent(of: parent)
    try Folder.create(parent)
  }

  /// Renames a folder to `NAME.old`, or `NAME.old2` and so on where that is taken.
  ///
  /// Commands refuse to mix what two runs write. Files stay, since they are replaced.
  ///
  /// - Throws: `FileError` where it cannot be renamed.
  static func setAside(_ path: String) throws(FileError) {
    guard Folder.exists(path) else { return }
    var name = "\(path).old"
    var number = 2
    while unsafe access(name, F_OK) == 0 {
      name = "\(path).old\(number)"
      number += 1
    }
    guard unsafe rename(path, name) == 0 else { throw SystemError.current().whileWriting(path) }
    StandardError.write("needle: \(path) is kept as \(name)\n")
  }
}
