public import VectorCore

/// Token ids that a model cannot encode, or vectors that are no numbers.
public enum EncodingError: NeedletailError, Equatable {
  /// A text without tokens.
  case emptyText(text: Int)
  /// A text with more tokens than the model's texts may have.
  case tooLong(text: Int, tokens: Int, limit: Int)
  /// A token that the vocabulary does not hold.
  case unknownToken(text: Int, id: Int32, vocabulary: Int)
  /// A vector with a NaN or an infinity.
  case notFinite(text: Int)

  /// Bad data.
  public var kind: FailureKind { .badData }

  /// One line with the values and the remedy; texts are numbered from 0 in their batch.
  public var description: String {
    switch self {
    case .emptyText(let text): "text \(text) of the batch has no tokens; add special tokens"
    case .tooLong(let text, let tokens, let limit):
      "text \(text) of the batch has \(tokens) tokens, but the model takes \(limit); truncate it"
    case .unknownToken(let text, let id, let vocabulary):
      "text \(text) of the batch has token \(id), but the vocabulary holds \(vocabulary); "
        + "use the model's own tokenizer"
    case .notFinite(let text):
      "text \(text) of the batch has a vector that is not finite; half precision overflows in "
        + "some models: use bfloat16 or float32"
    }
  }
}
