extension TextEncoder {
  /// Encodes a window in batches of similar length.
  ///
  /// - Parameters:
  ///   - window: tokenized texts.
  ///   - batchTokens: the most tokens in a batch, its texts filled up to the longest.
  ///   - progress: called before each batch with the number of texts that are done.
  /// - Returns: vectors in the order of the window.
  /// - Throws: what the encoder throws.
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
      let vectors = try encode(batch.map { window.tokens[$0] })
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
}
