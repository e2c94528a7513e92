public import VectorCore

/// A request that a tokenizer cannot fulfill.
public enum TokenizationError: NeedletailError, Equatable {
  /// The special tokens alone are longer than the length allowed.
  case tooShort(maxLength: Int, specialTokens: Int)
  /// An id that is not in the vocabulary.
  case unknownID(id: Int32, place: Int, vocabularySize: Int)
  /// The SentencePiece library failed.
  case library(message: String)

  /// Usage for a length, bad data for an id, internal for the library.
  public var kind: FailureKind {
    switch self {
    case .tooShort: .usage
    case .unknownID: .badData
    case .library: .internal
    }
  }

  /// One line with the values and the remedy.
  public var description: String {
    switch self {
    case .tooShort(let maxLength, let specialTokens):
      "a length of \(maxLength) tokens has no room for the \(specialTokens) special tokens; "
        + "use a length of at least \(specialTokens + 1)"
    case .unknownID(let id, let place, let vocabularySize):
      "token \(place): the id \(id) is not in the vocabulary, whose ids are from 0 to "
        + "\(vocabularySize - 1); use ids of the same tokenizer"
    case .library(let message): "SentencePiece: \(message)"
    }
  }
}
