internal import Synchronization

/// What a GPU has of an index, brought there when it is first searched.
final class DeviceCopy: Sendable {
  private let held = Mutex<CuVSHandle?>(nil)
  private let bring: @Sendable () throws -> CuVSHandle

  init(_ bring: @escaping @Sendable () throws -> CuVSHandle) { self.bring = bring }

  /// The copy; where bringing it fails, the next call tries again.
  func handle() throws -> CuVSHandle {
    try held.withLock { held in
      if let held { return held }
      let made = try bring()
      held = made
      return made
    }
  }
}
