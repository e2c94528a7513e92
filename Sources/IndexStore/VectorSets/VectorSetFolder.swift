internal import Glibc
internal import VectorCore

/// A folder that one process writes vectors to: created, locked, and free of what does not count.
final class VectorSetFolder {
  let path: String
  private let descriptor: Int32

  /// Creates the folder where it is missing, and locks it for this process.
  ///
  /// - Throws: ``VectorCore/FileError`` where it cannot be created, is a file, or belongs to a
  ///   process that still writes.
  init(_ path: String) throws(FileError) {
    self.path = path
    try Folder.create(path)
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.current().whileWriting(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw FileError(
        .inputOutput,
        path: path,
        reason: "another process is writing vectors there",
        remedy: "wait for it, or give another folder"
      )
    }
  }

  deinit { close(descriptor) }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { path + "/" + name }

  /// The manifest of the set in the folder, `nil` where the folder is empty.
  ///
  /// - Throws: ``VectorCore/FileError`` for a folder with other files.
  func manifest() throws(FileError) -> VectorSetManifest? {
    let names = try Folder.names(in: path)
    if names.contains(VectorSetManifest.fileName) { return try VectorSetManifest(folder: path) }
    guard let other = names.first(where: { !Self.isTemporary($0) }) else { return nil }
    throw FileError(
      .usage,
      path: path,
      reason: "holds '\(other)', and no vectors that could be continued",
      remedy: "give an empty or a new folder"
    )
  }

  /// Removes what processes left that were ended: temporary files, and shards that the manifest does
  /// not count.
  func removeLeftovers(shards: Int) throws(FileError) {
    for name in try Folder.names(in: path) {
      let isUncounted = Self.shardNumber(name).map { $0 >= shards } ?? false
      guard Self.isTemporary(name) || isUncounted else { continue }
      guard unsafe unlink(file(name)) == 0 else {
        throw SystemError.current().whileWriting(file(name))
      }
    }
  }

  /// Makes new names last through a loss of power, as far as the file system can.
  func sync() throws(FileError) {
    guard fsync(descriptor) != 0 else { return }
    let error = SystemError.current()
    if error.code == EIO { throw error.whileWriting(path) }
  }

  private static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".needle-") && name.hasSuffix(".tmp")
  }

  /// The number of the shard that a file is or becomes.
  private static func shardNumber(_ name: String) -> Int? {
    let whole = name.hasSuffix(".partial") ? String(name.dropLast(".partial".count)) : name
    guard whole.hasPrefix("vectors-"), whole.hasSuffix(".npy"),
      let number = Int(whole.dropFirst("vectors-".count).dropLast(".npy".count)), number >= 0,
      VectorSetManifest.shardName(number) == whole
    else { return nil }
    return number
  }
}
