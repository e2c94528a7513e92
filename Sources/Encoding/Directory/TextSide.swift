/// Which of a model's two encoders is meant; they are the same unless the model is untied.
public enum TextSide: String, Sendable, CaseIterable {
  /// The encoder of queries.
  case query
  /// The encoder of passages.
  case passage
}
