public import VectorCore

/// A text of a file that a model cannot encode.
public struct RecordError: NeedletailError, Equatable {
  /// The text's id in its file.
  public let id: String
  /// What is wrong with it.
  public let cause: EncodingError

  /// Bad data.
  public var kind: FailureKind { cause.kind }

  /// One line with the id, the values and the remedy.
  public var description: String { cause.described(as: "the text with the id '\(id)'") }
}
