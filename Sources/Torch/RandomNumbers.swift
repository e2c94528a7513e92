internal import CTorchABI
internal import Synchronization

/// What ``Tensor/dropout(_:)`` draws from.
///
/// libtorch has one generator for all threads, so that whoever wants the same numbers again must
/// be the only one who draws.
public enum RandomNumbers {
  private static let turn = Mutex(())

  /// Runs `body` with the generators of all devices started from a seed; other callers wait.
  ///
  /// It is not to be called from within `body`.
  ///
  /// - Parameters:
  ///   - seed: decides what is drawn.
  ///   - body: draws.
  /// - Returns: what `body` returns.
  /// - Throws: ``TorchError`` where libtorch cannot be opened; what `body` throws.
  public static func seeded<Result: Sendable>(
    _ seed: UInt64,
    _ body: () throws -> Result
  ) throws -> Result {
    let torch = try TorchLibrary.shared().functions
    return try turn.withLock { _ in
      try torch.check(unsafe torch.table.pointee.seed(seed), "seed")
      return try body()
    }
  }
}
