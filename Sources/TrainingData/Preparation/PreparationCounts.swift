/// What a preparation of records met.
public struct PreparationCounts: Sendable, Equatable {
  /// Records that were written.
  public var records = 0
  /// Their positives.
  public var positives = 0
  /// Their negatives.
  public var negatives = 0
  /// Records with fewer negatives than were asked for.
  public var short = 0
  /// Records without negatives.
  public var bare = 0
  /// Queries that were left out since the store of queries has no such id.
  public var unknownQueries = 0
  /// Queries that were left out since no passage of the store is relevant to them.
  public var unjudgedQueries = 0
  /// Passages that were left out since the store of passages has no such id.
  public var unknownPassages = 0
  /// Negatives that were left out since they are relevant to the query.
  public var relevant = 0
  /// Negatives that were left out since they stand there twice.
  public var repeated = 0
  /// Found passages that were left out since their score is too close to the positive's, or too high.
  public var suspected = 0
  /// Queries none of whose positives was found.
  public var unranked = 0
  /// Queries for which fewer passages were found than are looked at.
  public var shallow = 0
  /// Negatives that were taken from earlier records.
  public var earlier = 0

  /// Nothing yet.
  public init() {}

  /// Adds up.
  public static func += (left: inout Self, right: Self) {
    left.records += right.records
    left.positives += right.positives
    left.negatives += right.negatives
    left.short += right.short
    left.bare += right.bare
    left.unknownQueries += right.unknownQueries
    left.unjudgedQueries += right.unjudgedQueries
    left.unknownPassages += right.unknownPassages
    left.relevant += right.relevant
    left.repeated += right.repeated
    left.suspected += right.suspected
    left.unranked += right.unranked
    left.shallow += right.shallow
    left.earlier += right.earlier
  }

  /// All counts with names for a manifest or a report.
  public var named: [(name: String, count: Int)] {
    [
      ("records", records), ("positives", positives), ("negatives", negatives),
      ("records_short_of_negatives", short), ("records_without_negatives", bare),
      ("queries_missing", unknownQueries), ("queries_without_positives", unjudgedQueries),
      ("passages_missing", unknownPassages), ("negatives_that_are_positives", relevant),
      ("negatives_repeated", repeated), ("negatives_suspected", suspected),
      ("queries_without_ranked_positive", unranked), ("queries_ranked_shallow", shallow),
      ("negatives_from_earlier_records", earlier),
    ]
  }
}
