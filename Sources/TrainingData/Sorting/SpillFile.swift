internal import Glibc
internal import VectorCore

/// A temporary file that has no name: nothing can leave it behind, not even a killed process.
final class SpillFile: Sendable {
  private let folder: String
  private let descriptor: Int32

  /// Creates an empty file.
  ///
  /// - Throws: `FileError` where the folder is missing or cannot be written to.
  init(folder: String) throws(FileError) {
    self.folder = folder
    descriptor = try Self.create(in: folder)
  }

  deinit { close(descriptor) }

  /// Opens the first free name and takes it away again.
  private static func create(in folder: String) throws(FileError) -> Int32 {
    for attempt in 0..<1_000 {
      let name = "\(folder)/.needle-sort-\(getpid())-\(attempt).tmp"
      let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if descriptor >= 0 {
        _ = unsafe unlink(name)
        return descriptor
      }
      let error = SystemError.current()
      guard error.code == EEXIST else { throw error.whileWriting(folder) }
    }
    throw FileError(
      .inputOutput,
      path: folder,
      reason: "holds a thousand temporary files of sorts",
      remedy: "remove the files .needle-sort-*.tmp"
    )
  }

  /// Writes bytes at an offset.
  ///
  /// - Throws: `FileError` for a full disk and all else that the system refuses.
  func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(FileError) in
      try unsafe writeAll(buffer, to: descriptor, from: offset, path: folder)
    }
  }

  /// Reads bytes that were written, to the end of `bytes` from `start` on.
  ///
  /// - Throws: `FileError` where the system cannot read them.
  func read(_ range: Range<Int>, into bytes: inout [UInt8], from start: Int) throws(FileError) {
    var done = 0
    while done < range.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        let place = unsafe buffer.baseAddress?.advanced(by: start + done)
        return unsafe pread(descriptor, place, range.count - done, range.lowerBound + done)
      }
      if count < 0 {
        let error = SystemError.current()
        if error.code == EINTR { continue }
        throw error.whileReading(folder)
      }
      guard count > 0 else {
        throw FileError(.inputOutput, path: folder, reason: "a temporary file was cut off")
      }
      done += count
    }
  }
}
