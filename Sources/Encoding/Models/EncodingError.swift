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

  /// The text's place in its batch, from 0.
  public var text: Int {
    switch self {
    case .emptyText(let text), .tooLong(let text, _, _), .unknownToken(let text, _, _),
      .notFinite(let text):
      text
    }
  }

  /// One line with the values and the remedy; texts are numbered from 0 in their batch.
  public var description: String { described(as: "text \(text) of the batch") }

  /// The same line about a text that has a name of its own.
  func described(as name: String) -> String {
    switch self {
    case .emptyText: "\(name) has no tokens; add special tokens"
    case .tooLong(_, let tokens, let limit):
      "\(name) has \(tokens) tokens, but the model takes \(limit); truncate it"
    case .unknownToken(_, let id, let vocabulary):
      "\(name) has token \(id), but the vocabulary holds \(vocabulary); use the model's own tokenizer"
    case .notFinite:
      "\(name) has a vector that is not finite; half precision overflows in some models: use "
        + "bfloat16 or float32"
    }
  }
}
