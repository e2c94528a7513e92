internal import Glibc

/// A thread for work that others should not wait for: it gets the processor when they leave it, like a
/// process under nice(1).
///
/// A thread can lower its priority, not raise it again, so that none of a pool will do.
enum YieldingThread {
  /// Runs `body` on a thread of its own, and waits for it; on the calling thread where `niceness` is not
  /// positive or there can be no other.
  static func run(niceness: Int, _ body: () throws -> Void) throws {
    guard niceness > 0 else { return try body() }
    var failure: (any Error)?
    let caught = {
      do { try body() } catch { failure = error }
    }
    withoutActuallyEscaping(caught) { caught in
      let work = Work(niceness: niceness, body: caught)
      if !work.runOnThread() { work.body() }
    }
    if let failure { throw failure }
  }

  private final class Work {
    let niceness: Int
    let body: () -> Void

    init(niceness: Int, body: @escaping () -> Void) {
      self.niceness = niceness
      self.body = body
    }

    /// Runs the body to its end; `false` where no thread was to be had.
    func runOnThread() -> Bool {
      var thread = pthread_t()
      let status = unsafe pthread_create(
        &thread,
        nil,
        { work in
          guard let work = unsafe work else { return nil }
          unsafe Unmanaged<Work>.fromOpaque(work).takeUnretainedValue().runHere()
          return nil
        },
        Unmanaged.passUnretained(self).toOpaque()
      )
      guard status == 0 else { return false }
      _ = pthread_join(thread, nil)
      return true
    }

    private func runHere() {
      // On Linux a thread has a niceness of its own, which 0 names here.
      let which = __priority_which_t(PRIO_PROCESS.rawValue)
      let usual = getpriority(which, 0)
      _ = setpriority(which, 0, usual + Int32(clamping: min(niceness, 19)))
      body()
    }
  }
}
