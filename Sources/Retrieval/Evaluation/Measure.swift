/// One figure of retrieval quality, such as nDCG at 10.
///
/// Names are those of trec_eval (`ndcg_cut.10`, `ndcg_cut_10`, `map`, `recip_rank`, `P.5,10`) and of
/// ir_measures (`nDCG@10`, `AP(rel=2)`, `RR`, `P@5`); `mrr.10`, `mrr_cut.10` and `MRR@10` are in use
/// besides. Capitals do not matter.
public struct Measure: Sendable {
  let family: MeasureFamily
  /// The cut-off or recall level; infinity where there is none.
  let number: Double
  /// The least relevant grade, where the name has one.
  let level: Int32?

  /// The name that trec_eval shows: `ndcg_cut_10`; for reciprocal ranks with a cut-off, which it
  /// does not know, `mrr_10`.
  public var name: String {
    let suffix = level.map { "(rel=\($0))" } ?? ""
    switch family.parameter {
    case .recall: return family.name + suffix + "_" + Self.twoDecimals(number)
    case _ where !number.isFinite: return family.name + suffix
    default: break
    }
    let base =
      switch family.name {
      case "recip_rank": "mrr"
      case "map": "map_cut"
      case "ndcg": "ndcg_cut"
      default: family.name
      }
    return "\(base)\(suffix)_\(Int(number))"
  }

  /// How many documents of a query it looks at, or `nil` where it looks at all.
  public var cutoff: Int? {
    if case .recall = family.parameter { return nil }
    return Int(exactly: number)
  }

  /// Whether it is a count, whose values of queries are added.
  public var isCount: Bool { family.summary == .sum }

  /// Whether a value of one query says something.
  public var hasQueryValues: Bool { family.summary != .geometricMean && family.name != "num_q" }

  /// The value of one query.
  func value(of ranking: JudgedRanking) -> Double {
    guard let level else { return family.value(ranking, number) }
    var ranking = ranking
    ranking.level = level
    return family.value(ranking, number)
  }

  private static func twoDecimals(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let digits = String(hundredths % 100)
    return "\(hundredths / 100)." + (digits.count < 2 ? "0" : "") + digits
  }
}

extension Measure: Equatable {
  /// Whether two measures always have equal values.
  public static func == (left: Measure, right: Measure) -> Bool { left.name == right.name }
}
