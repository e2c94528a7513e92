/// What turns texts into vectors, in two steps: a tokenizer and a model.
public protocol TextEncoder: Sendable {
  /// The length of each vector.
  var dimension: Int { get }

  /// Whether a batch is computed as a rectangle, its shorter texts filled up to the longest.
  var padsBatches: Bool { get }

  /// The token ids of some texts, special tokens included, cut to the longest that the model takes.
  ///
  /// May be called while another thread encodes.
  /// - Parameters:
  ///   - texts: UTF-8.
  ///   - threads: how many threads may work, at least 1; the ids do not depend on it.
  /// - Returns: for each text at least one id.
  /// - Throws: what the tokenizer throws.
  func tokenize(_ texts: [[UInt8]], threads: Int) throws -> [[Int32]]

  /// The vectors of some texts, `[batch.count, dimension]` row-major, in their order.
  ///
  /// A vector may depend on the texts around it only by rounding. Called by one thread at a time.
  /// - Parameter batch: token ids of each text, the longest first.
  /// - Returns: finite values.
  /// - Throws: what the model throws.
  func encode(_ batch: [[Int32]]) throws -> [Float]
}
