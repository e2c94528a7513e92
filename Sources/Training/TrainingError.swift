internal import Reporting
public import VectorCore

/// Training that cannot go on.
public enum TrainingError: NeedletailError, Equatable {
  /// A loss, or gradients, with a NaN or an infinity.
  case notFinite(what: String, step: Int, queries: [String])
  /// Distillation of records without a teacher's scores.
  case noTeacherScores
  /// A setting that makes no sense, or does not fit the others.
  case setting(name: String, reason: String)
  /// A training that goes on with other data or settings.
  case differs(path: String, name: String, stored: String, given: String)

  /// Bad data, or wrong usage.
  public var kind: FailureKind {
    switch self {
    case .notFinite, .noTeacherScores: .badData
    case .setting, .differs: .usage
    }
  }

  /// One line with the values and the remedy.
  public var description: String {
    switch self {
    case .notFinite(let what, let step, let queries):
      "step \(step): \(what) is not finite; the weights are those of the last step and checkpoints "
        + "stay as they are; look at the batch (\(Self.shown(queries))), or lower the learning rate"
    case .noTeacherScores:
      "the records have no pos_scores and neg_scores, from which a teacher's scores are learned; "
        + "write them with 'needle hard-negatives --scores', or train with the contrastive objective"
    case .setting(let name, let reason): "\(name): \(reason)"
    case .differs(let path, let name, let stored, let given):
      "\(path): was trained with \(name) \(stored), but \(given) is given; "
        + "go on with the same, or train in another folder"
    }
  }

  private static func shown(_ queries: [String]) -> String {
    let some = queries.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let rest = queries.count - 5
    return "queries \(some)" + (rest > 0 ? " and \(NumberText.grouped(rest)) more" : "")
  }
}
