/// Which passages of a run become negatives.
public struct MiningSettings: Sendable, Equatable {
  /// How negatives are taken from those that may be.
  public enum Sampling: String, Sendable, CaseIterable {
    /// By chance, in random order.
    case random
    /// The best, in the order of the run.
    case top
  }

  /// What becomes of a query none of whose positives was found, so that there is no score that
  /// margins could be measured from.
  public enum Unranked: String, Sendable, CaseIterable {
    /// Margins do not hold for it.
    case keep
    /// It is left out.
    case skip
  }

  /// How many passages that are not relevant are looked at, best first.
  public var depth = 200
  /// How many negatives a record gets, if there are so many.
  public var sampleCount = 30
  /// The first rank that is looked at, from 1; relevant passages have ranks as well.
  public var firstRank = 1
  /// The last rank that is looked at; `nil` for no limit.
  public var lastRank: Int?
  /// By how much a negative's score must be below that of the best-ranked positive.
  public var margin: Float?
  /// The same as a share of the positive's score: at 0.05 a negative has at most 95 % of it.
  public var relativeMargin: Float?
  /// The largest score of a negative.
  public var maxScore: Float?
  /// What becomes of queries without a ranked positive.
  public var unranked = Unranked.keep
  /// How negatives are taken.
  public var sampling = Sampling.random
  /// Of the draw.
  public var seed: UInt64 = 42
  /// Whether records get the run's scores; positives without a score are left out then, and queries
  /// that have no other.
  public var withScores = false
  /// Whether positives are put in the run's order, those that it does not have last: the first is then the
  /// one that the model takes for meant, where a query has several and means only one of them.
  public var ranksPositives = false
  /// The share of a record's negatives that comes from earlier records; at 0 these only fill up
  /// what the run leaves open.
  public var earlierShare = 0.0

  /// The defaults, which are OpenMatch's.
  public init() {}

  /// How many passages a run must have for a query, so that all that is asked for can be looked at.
  public var runDepth: Int { lastRank ?? firstRank - 1 + depth }

  /// Whether a passage may be a negative.
  ///
  /// - Parameters:
  ///   - score: its score; `nil` where it was not found.
  ///   - positive: the score of the best-ranked positive; `nil` where none was found.
  /// - Returns: whether no limit speaks against it.
  func allows(_ score: Float?, besides positive: Float?) -> Bool {
    guard let score else { return true }
    if let maxScore, score > maxScore { return false }
    guard let positive else { return true }
    if let margin, score > positive - margin { return false }
    // The absolute value, so that a margin lowers the limit below a negative score as well.
    if let relativeMargin, score > positive - abs(positive) * relativeMargin { return false }
    return true
  }
}
