import Synchronization
import Torch

/// libtorch's number of threads, which the whole process shares: whoever changes it waits for the
/// others.
enum ThreadCount {
  private static let turn = Mutex(())

  /// Runs `body`, which changes the number, and puts it back.
  static func restored(_ body: (TorchLibrary) throws -> Void) throws {
    try turn.withLock { _ in
      let library = try TorchLibrary.shared()
      let before = try library.threadCount()
      defer { try? library.setThreadCount(before) }
      try body(library)
    }
  }
}
