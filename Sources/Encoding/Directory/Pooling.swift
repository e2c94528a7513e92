/// How one vector is made of the states of a text's tokens.
public enum Pooling: String, Sendable, CaseIterable {
  /// The first token's state: `[CLS]` in BERT.
  case first
  /// The mean of all tokens' states.
  case mean
  /// The last token's state: `</s>` in T5.
  case last

  /// Recognizes the names of OpenMatch and of sentence-transformers.
  init?(name: String) {
    switch name {
    case "first", "cls": self = .first
    case "mean": self = .mean
    case "last", "lasttoken": self = .last
    default: return nil
    }
  }
}
