internal import IndexStore
public import VectorCore

/// A neighbor graph that cannot be made.
public enum NeighborGraphError: NeedletailError, Equatable {
  /// A set of one vector: nobody is anybody's neighbor.
  case tooFewVectors(what: String)
  /// More or fewer neighbors than each vector can have.
  case kOutOfRange(k: Int, what: String, count: Int)
  /// No setting of the lists reaches the recall.
  case recallNotReached(target: Double, k: Int, setting: String, recall: Double, lowerBound: Double)

  /// Bad data for the set, usage for the rest.
  public var kind: FailureKind {
    if case .tooFewVectors = self { .badData } else { .usage }
  }

  /// One line with the values and the remedy.
  public var description: String {
    switch self {
    case .tooFewVectors(let what):
      "\(what): a single vector has no neighbors; give a set of at least 2"
    case .kOutOfRange(let k, let what, let count):
      "k=\(k) is not allowed; each of the \(count) vectors of \(what) has \(count - 1) others, "
        + "so k is from 1 to \(count - 1)"
    case .recallNotReached(let target, let k, let setting, let recall, let lowerBound):
      "no setting reaches recall \(target) at k=\(k): \(setting) has \(RecallCurve.shown(recall)), "
        + "and with 95 % confidence at least \(RecallCurve.shown(lowerBound)); ask for less, "
        + "or for the exact graph"
    }
  }
}
