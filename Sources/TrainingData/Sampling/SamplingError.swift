public import VectorCore

/// Passages cannot be chosen for a query.
public enum SamplingError: NeedletailError, Equatable {
  /// The record has no negatives, and no other record has a passage that could stand in.
  case noNegatives(query: String, record: Int)
  /// The record has no positive passage.
  case noPositives(query: String, record: Int)

  /// The data are wrong.
  public var kind: FailureKind { .badData }

  /// One line with the record and the remedy.
  public var description: String {
    switch self {
    case .noNegatives(let query, let record):
      "training record \(record), query '\(query)': has no negative passages, and no other record "
        + "has a passage that could stand in; add negatives, or train with 1 passage per query"
    case .noPositives(let query, let record):
      "training record \(record), query '\(query)': has no positive passage; remove the record"
    }
  }
}
