/// The passages that one record gives to one epoch.
public struct ChosenPassages: Sendable, Equatable {
  /// The query.
  public let query: TrainingText
  /// The positive, then the negatives.
  public let passages: [TrainingText]
  /// The keys of all known positives of the query, chosen or not.
  public let positiveKeys: Set<String>
  /// A teacher's scores of ``passages``; `nil` where one of them has none.
  public let scores: [Float]?
  /// How many negatives stand there although the record's own had run out.
  public let shortage: Shortage

  /// How negatives were found where a record had too few.
  public struct Shortage: Sendable, Equatable {
    /// Negatives that were drawn again.
    public var repeated = 0
    /// Negatives that are other records' positives.
    public var borrowed = 0

    /// No shortage.
    public init() {}

    /// Adds the counts of two records.
    public static func += (total: inout Shortage, part: Shortage) {
      total.repeated += part.repeated
      total.borrowed += part.borrowed
    }
  }
}
