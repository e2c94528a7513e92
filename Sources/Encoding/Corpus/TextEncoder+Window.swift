extension TextEncoder {
  /// Encodes a window in batches of similar length.
  ///
  /// - Parameters:
  ///   - window: tokenized texts.
  ///   - batchTokens: the most tokens in a batch, its texts filled up to the longest.
  ///   - progress: called before each batch with the number of texts that are done.
  /// - Returns: vectors in the order of the window.
  /// - Throws: ``RecordError`` for a text that the model cannot encode; what else the encoder throws.
  func encode(
    _ window: TextWindow,
    batchTokens: Int,
    progress: (Int) -> Void = { _ in }
  ) throws -> EncodedWindow {
    let clock = ContinuousClock()
    let began = clock.now
    var result = EncodedWindow(count: window.ids.count, dimension: dimension)
    let lengths = window.tokens.map(\.count)
    var texts = 0
    for batch in TokenBudget.batches(lengths: lengths, budget: batchTokens) {
      progress(texts)
      let vectors = try encode(batch, of: window)
      precondition(vectors.count == batch.count * dimension, "\(vectors.count) values")
      for (place, row) in batch.enumerated() {
        result.vectors.replaceSubrange(
          row * dimension..<(row + 1) * dimension,
          with: vectors[place * dimension..<(place + 1) * dimension]
        )
      }
      texts += batch.count
      let tokens = batch.reduce(0) { $0 + lengths[$1] }
      result.work.tokens += tokens
      result.work.computedTokens += padsBatches ? batch.count * lengths[batch[0]] : tokens
    }
    result.work.time = clock.now - began
    return result
  }

  /// The vectors of some texts of a window.
  private func encode(_ batch: [Int], of window: TextWindow) throws -> [Float] {
    do {
      return try encode(batch.map { window.tokens[$0] })
    } catch let error as EncodingError {
      guard batch.indices.contains(error.text) else { throw error }
      throw RecordError(id: window.ids[batch[error.text]], cause: error)
    }
  }
}
