internal import Glibc
internal import VectorCore

/// The standard output, which carries results and nothing else.
enum StandardOutput {
  /// The program that reads our output has seen enough, as `head` does.
  struct ReaderGone: Error {}

  /// Writes all of `text`.
  ///
  /// - Throws: ``ReaderGone``, or ``VectorCore/FileError`` for a full disk or a closed stream.
  static func write(_ text: String) throws {
    let failure = writeAll(text, to: STDOUT_FILENO)
    guard let failure else { return }
    if failure.code == EPIPE { throw ReaderGone() }
    throw failure.whileWriting("standard output")
  }

  /// The width of the terminal, or a readable one where there is none.
  static var width: Int {
    var size = winsize()
    let isTerminal = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return isTerminal && size.ws_col >= 40 ? Int(size.ws_col) : 100
  }
}

/// The standard error: progress and the one line that names a failure.
enum StandardError {
  /// Writes `text`; where even that fails there is nobody left to tell.
  static func write(_ text: String) {
    _ = writeAll(text, to: STDERR_FILENO)
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static var width: Int {
    var size = winsize()
    let known = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return known && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}

/// Writes bytes to a stream, however many calls that takes.
private func writeAll(_ text: String, to descriptor: Int32) -> SystemError? {
  let bytes = Array(text.utf8)
  var done = 0
  while done < bytes.count {
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
    }
    if written < 0 {
      let error = SystemError.current()
      if error.code == EINTR { continue }
      return error
    }
    done += written
  }
  return nil
}

extension String {
  /// The text with its line breaks turned into spaces: paths and messages of libraries may hold
  /// some, and an error is one line.
  var onOneLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
