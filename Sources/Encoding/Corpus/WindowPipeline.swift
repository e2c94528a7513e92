internal import Synchronization
internal import VectorCore

/// The windows of a file of texts, each encoded while the next one is read and tokenized.
struct WindowPipeline<Encoder: TextEncoder>: Sendable {
  /// Where the texts come from.
  let windows: TextWindows
  private let encoder: Encoder
  private let windowTexts: Int
  private let batchTokens: Int
  private let threads: Int
  /// What follows the window that was encoded last; `nil` before the first.
  private var waiting: Result<TextWindow?, any Error>?

  /// Reads nothing yet.
  ///
  /// - Parameters:
  ///   - windows: the texts.
  ///   - encoder: the model.
  ///   - windowTexts: texts that are read, and sorted by length, together.
  ///   - batchTokens: the most tokens in a batch.
  ///   - threads: threads for the tokenizer; with one, reading waits for the model.
  init(
    _ windows: TextWindows,
    encoder: Encoder,
    windowTexts: Int,
    batchTokens: Int,
    threads: Int
  ) {
    self.windows = windows
    self.encoder = encoder
    self.windowTexts = windowTexts
    self.batchTokens = batchTokens
    self.threads = threads
  }

  /// Encodes the next window and reads the one behind it.
  ///
  /// - Parameter progress: called before each batch with the number of this window's texts that are
  ///   done.
  /// - Returns: the ids of the texts and their vectors; `nil` at the end.
  /// - Throws: what encoding throws; what was wrong with the reading when the window before was
  ///   encoded, so that no good window is lost.
  mutating func next(
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> (ids: [String], encoded: EncodedWindow)? {
    guard let window = try (waiting ?? Result { try read() }).get() else { return nil }
    let (encoder, batchTokens) = (encoder, batchTokens)
    let encoded = Mutex<Result<EncodedWindow, any Error>?>(nil)
    let following = Mutex<Result<TextWindow?, any Error>>(.success(nil))
    parallelFor(2, chunk: 1, threads: min(2, threads)) { [self] _, task in
      if task.lowerBound == 0 {
        let result = Result {
          try encoder.encode(window, batchTokens: batchTokens, progress: progress)
        }
        encoded.withLock { $0 = result }
      } else {
        let result = Result { try read() }
        following.withLock { $0 = result }
      }
    }
    waiting = following.withLock { $0 }
    guard let result = encoded.withLock({ $0 }) else {
      preconditionFailure("both tasks have been run")
    }
    return (window.ids, try result.get())
  }

  private func read() throws -> TextWindow? {
    try windows.next(windowTexts, tokenizer: encoder, threads: threads)
  }
}
