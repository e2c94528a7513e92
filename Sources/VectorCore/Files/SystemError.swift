internal import Glibc

/// What the system said of a call that failed.
package struct SystemError: Sendable, Equatable {
  /// The value of `errno`.
  package let code: Int32

  /// Takes the calling thread's `errno`; call it before anything else can change that.
  package static func current() -> SystemError { SystemError(code: errno) }

  /// The system's own words, beginning with a small letter: "permission denied".
  package var reason: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    let text = unsafe buffer.withUnsafeBufferPointer { words in
      unsafe words.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// An error about a file that should be read.
  package func whileReading(_ path: String) -> FileError {
    switch code {
    case ENOENT, ENOTDIR:
      FileError(.missingInput, path: path, reason: "no such file", remedy: "check the path")
    case EACCES, EPERM:
      FileError(.inputOutput, path: path, reason: reason, remedy: "make the file readable")
    default:
      FileError(
        .inputOutput,
        path: path,
        reason: "cannot be read: \(reason)",
        remedy: generalRemedy
      )
    }
  }

  /// An error about a file that should be written.
  ///
  /// `path` is the final name, as the user gave it, and `place` how far the writing had come.
  package func whileWriting(_ path: String, place: String? = nil) -> FileError {
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some space or write to another device"
      case EACCES, EPERM, EROFS: "write to a folder that you may write to"
      case ENOENT, ENOTDIR: "create the folder first"
      case EFBIG: "raise the limit on file sizes or write to another device"
      case ENAMETOOLONG: "give it a shorter name"
      default: generalRemedy
      }
    return FileError(
      .inputOutput,
      path: path,
      place: place,
      reason: "cannot be written: \(reason)",
      remedy: remedy
    )
  }

  /// What helps whether a file is read or written.
  private var generalRemedy: String {
    switch code {
    case EMFILE, ENFILE: "close some files or raise the limit (ulimit -n)"
    case ENOMEM: "free some memory"
    case ELOOP: "repair the symbolic link"
    default: "check the device and try again"
    }
  }
}
