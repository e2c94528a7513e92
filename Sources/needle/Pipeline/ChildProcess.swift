// The list of the environment is a variable of C, which this program never changes.
@unsafe @preconcurrency internal import Glibc
internal import VectorCore

/// Another run of this program.
enum ChildProcess {
  /// Where the standard output of a process goes.
  enum Output {
    /// To that of this process.
    case inherited
    /// To the standard error.
    case errors
    /// To a file, which is replaced.
    case file(String)
  }

  /// How a process ended.
  enum Ending: Equatable {
    /// With an exit code.
    case code(Int32)
    /// By a signal.
    case signal(Int32)
  }

  /// Runs `needle` to its end, with the streams and the environment of this process.
  ///
  /// - Parameters:
  ///   - arguments: what follows `needle`.
  ///   - output: where its standard output goes.
  /// - Returns: how it ended.
  /// - Throws: `FileError` where the system cannot start it.
  static func run(_ arguments: [String], output: Output) throws(FileError) -> Ending {
    var words: [UnsafeMutablePointer<CChar>?] = unsafe (["needle"] + arguments).map {
      unsafe strdup($0)
    }
    defer { for place in unsafe words.indices { unsafe free(words[place]) } }
    unsafe words.append(nil)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    switch output {
    case .inherited: break
    case .errors:
      unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    case .file(let path):
      unsafe posix_spawn_file_actions_addopen(
        &actions,
        STDOUT_FILENO,
        path,
        O_WRONLY | O_CREAT | O_TRUNC,
        0o666
      )
    }
    var process = pid_t()
    let program = "/proc/self/exe"
    let code = unsafe posix_spawn(&process, program, &actions, nil, words, environ)
    guard code == 0 else {
      throw FileError(
        .inputOutput,
        path: program,
        reason: "cannot be started: error \(code)",
        remedy: "free some memory or processes and try again"
      )
    }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      let error = SystemError.current()
      guard error.code == EINTR else { throw error.whileReading(program) }
    }
    return status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }
}
