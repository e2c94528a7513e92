public import VectorCore

/// A recall that an index cannot be asked for, or cannot be tuned to.
public enum RecallError: NeedletailError, Equatable {
  /// The backend has no search parameter that trades recall for time.
  case nothingToTune(backend: String)
  /// A search names both the recall and the parameter that follows from it.
  case bothGiven(parameter: String)
  /// More neighbors are asked for than the curve was measured with.
  case kBeyondCurve(k: Int, largest: Int, parameter: String)
  /// No setting reaches the recall.
  case targetBeyondCurve(target: Double, k: Int, reached: String)
  /// Leaving one out leaves nothing.
  case tooFewVectors(what: String, count: Int)
  /// The vectors to tune over are not those of the index.
  case otherVectors(what: String, count: Int, expected: Int)

  /// Bad data for vectors, usage for the rest.
  public var kind: FailureKind {
    switch self {
    case .tooFewVectors, .otherVectors: .badData
    default: .usage
    }
  }

  /// One line with the values and the remedy.
  public var description: String {
    switch self {
    case .nothingToTune(let backend):
      "\(backend) has no search parameter that trades recall for time; leave the recall out"
    case .bothGiven(let parameter):
      "recall and \(parameter) exclude each other, since the one follows from the other; give one"
    case .kBeyondCurve(let k, let largest, let parameter):
      "the index is tuned for k up to \(largest), not \(k); build it with --recall-k \(k), "
        + "or search with --set \(parameter)=…"
    case .targetBeyondCurve(let target, let k, let reached):
      "no setting reaches recall \(target) at k=\(k): \(reached)"
    case .tooFewVectors(let what, let count):
      "\(what): \(count) vectors are too few to hold one out and search the rest; "
        + "tune with queries from a file"
    case .otherVectors(let what, let count, let expected):
      "\(what): \(count) vectors or other ids, but the index has \(expected); "
        + "tune over the vectors that it was built from"
    }
  }
}
