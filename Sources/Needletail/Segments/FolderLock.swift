internal import Glibc
internal import VectorCore

/// The right to change a folder: one process has it at a time, and a dead one has it no more.
final class FolderLock {
  private let descriptor: Int32

  static let fileName = "lock"

  /// Takes the lock of a folder.
  ///
  /// - Throws: ``VectorCore/FileError`` where another process, or another writer of this one, has it.
  init(_ folder: String) throws(FileError) {
    let path = folder + "/" + Self.fileName
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.current().whileWriting(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemError.current()
      close(descriptor)
      guard error.code == EWOULDBLOCK else { throw error.whileWriting(path) }
      throw FileError(
        .inputOutput,
        path: folder,
        reason: "is being changed by another process",
        remedy: "wait until it has ended"
      )
    }
  }

  // The end of the process gives the lock back, too. Closing alone would not while a child that is about
  // to run a program has a copy of the descriptor.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
