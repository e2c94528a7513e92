public import VectorCore

/// A text of a training set: a query or a passage.
public struct TrainingText: Sendable, Hashable {
  /// What tells it from other texts: the id, or where records hold no ids, a hash of the tokens.
  public let key: String
  /// Where its tokens are.
  public let place: Place

  /// Where tokens are.
  public enum Place: Sendable, Hashable {
    /// In a row of the set's store of queries or passages.
    case stored(row: Int)
    /// In the record itself.
    case inline([Int32])
  }

  /// A text.
  public init(key: String, place: Place) {
    self.key = key
    self.place = place
  }
}

/// A record with the places of its texts.
public struct TrainingExample: Sendable {
  /// The query.
  public let query: TrainingText
  /// Relevant passages, at least one.
  public let positives: [TrainingText]
  /// Other passages.
  public let negatives: [TrainingText]
  /// A teacher's score for each of ``positives``.
  public let positiveScores: [Float]?
  /// A teacher's score for each of ``negatives``.
  public let negativeScores: [Float]?

  /// An example; scores, where given, are as many as the passages.
  public init(
    query: TrainingText,
    positives: [TrainingText],
    negatives: [TrainingText],
    positiveScores: [Float]? = nil,
    negativeScores: [Float]? = nil
  ) {
    self.query = query
    self.positives = positives
    self.negatives = negatives
    self.positiveScores = positiveScores
    self.negativeScores = negativeScores
  }
}

/// Training examples that are read in any order, by number; none of them needs to be in memory.
public protocol TrainingSet: Sendable {
  /// How many examples there are.
  var count: Int { get }

  /// One example, with the places of its texts.
  ///
  /// May be called by several threads at once.
  /// - Parameter index: 0 to `count - 1`.
  /// - Returns: the example; its passages in the order of the record.
  /// - Throws: `FileError` that names file and line for a malformed record, and for ids that the
  ///   stores do not hold.
  func example(at index: Int) throws(FileError) -> TrainingExample

  /// The tokens of a query of this set, without special tokens, as long as they were stored.
  func queryTokens(of text: TrainingText) -> [Int32]

  /// The tokens of a passage of this set, without special tokens, as long as they were stored.
  func passageTokens(of text: TrainingText) -> [Int32]

  /// A checksum of records and stores: a training that goes on must find the same.
  var fingerprint: UInt64 { get }
}
