internal import Glibc

/// A kind of measure, which cut-offs or recall levels make single measures of.
struct MeasureFamily: Sendable {
  /// What stands behind a measure's name.
  enum Parameter: Sendable {
    /// Nothing.
    case none
    /// A number of documents; the measure without one looks at all.
    case optionalCutoff
    /// A number of documents; without one the measure stands for several.
    case cutoff(defaults: [Int])
    /// A share of the relevant documents; without one the measure stands for several.
    case recall
  }

  /// How the values of queries become one.
  enum Summary: Sendable {
    case mean
    case sum
    /// The exponential of the mean: the values are logarithms, and not shown by query.
    case geometricMean
  }

  /// trec_eval's name, under which values are shown.
  let name: String
  /// Other names: those of ir_measures and in use elsewhere.
  let aliases: [String]
  let parameter: Parameter
  let summary: Summary
  /// What it says, in a few words.
  let meaning: String
  /// The value of one query; the number is the cut-off or the recall level.
  let value: @Sendable (JudgedRanking, Double) -> Double

  init(
    _ name: String,
    _ aliases: [String],
    _ parameter: Parameter = .none,
    _ summary: Summary = .mean,
    _ meaning: String,
    _ value: @escaping @Sendable (JudgedRanking, Double) -> Double
  ) {
    self.name = name
    self.aliases = aliases
    self.parameter = parameter
    self.summary = summary
    self.meaning = meaning
    self.value = value
  }

  /// trec_eval's cut-offs.
  private static let cutoffs = [5, 10, 15, 20, 30, 100, 200, 500, 1_000]
  /// trec_eval's recall levels, and those of the eleven-point average.
  static let recallLevels = (0...10).map { Double($0) / 10 }
  /// Geometric means would be 0 with one value of 0.
  private static let leastOfGeometricMean = 0.000_01

  private static func logarithm(_ value: Double) -> Double { log(max(value, leastOfGeometricMean)) }

  /// All kinds, in the order in which trec_eval shows them.
  static let all: [MeasureFamily] = [
    MeasureFamily("num_q", ["NumQ"], .none, .sum, "queries") { _, _ in 1 },
    MeasureFamily("num_ret", ["NumRet"], .none, .sum, "documents found") { ranking, _ in
      Double(ranking.retrieved)
    },
    MeasureFamily("num_rel", ["NumRel"], .none, .sum, "relevant documents") { ranking, _ in
      Double(ranking.relevant)
    },
    MeasureFamily("num_rel_ret", ["NumRelRet"], .none, .sum, "relevant documents found") {
      ranking,
      _ in
      Double(ranking.relevantRetrieved())
    },
    MeasureFamily("map", ["AP"], .optionalCutoff, .mean, "mean average precision") {
      $0.averagePrecision(at: cutoff($1))
    },
    MeasureFamily("gm_map", [], .none, .geometricMean, "geometric mean of average precision") {
      ranking,
      _ in
      logarithm(ranking.averagePrecision(at: .max))
    },
    MeasureFamily("Rprec", [], .none, .mean, "precision at the number of relevant documents") {
      ranking,
      _ in
      ranking.precisionAtRelevant
    },
    MeasureFamily("bpref", [], .none, .mean, "binary preference, of judged documents only") {
      ranking,
      _ in
      ranking.binaryPreference
    },
    MeasureFamily(
      "recip_rank",
      ["mrr", "mrr_cut", "RR"],
      .optionalCutoff,
      .mean,
      "reciprocal rank of the first relevant document"
    ) { $0.reciprocalRank(at: cutoff($1)) },
    MeasureFamily(
      "iprec_at_recall",
      ["IPrec"],
      .recall,
      .mean,
      "interpolated precision at a recall"
    ) { $0.interpolatedPrecision(atRecall: $1) },
    MeasureFamily("P", ["Precision"], .cutoff(defaults: cutoffs), .mean, "precision") {
      $0.precision(at: cutoff($1))
    },
    MeasureFamily("recall", ["R"], .cutoff(defaults: cutoffs), .mean, "recall") {
      $0.recall(at: cutoff($1))
    },
    MeasureFamily("infAP", [], .none, .mean, "average precision inferred from a judged sample") {
      ranking,
      _ in
      ranking.inferredAveragePrecision
    },
    MeasureFamily("gm_bpref", [], .none, .geometricMean, "geometric mean of bpref") { ranking, _ in
      logarithm(ranking.binaryPreference)
    },
    MeasureFamily("11pt_avg", [], .none, .mean, "mean of interpolated precision at 11 recalls") {
      ranking,
      _ in
      ranking.elevenPointAverage
    },
    MeasureFamily(
      "ndcg",
      [],
      .optionalCutoff,
      .mean,
      "normalized discounted cumulative gain; the gain is the grade"
    ) { $0.normalizedGain(at: cutoff($1)) },
    MeasureFamily("ndcg_cut", [], .cutoff(defaults: cutoffs), .mean, "ndcg at cut-offs") {
      $0.normalizedGain(at: cutoff($1))
    },
    MeasureFamily("map_cut", [], .cutoff(defaults: cutoffs), .mean, "map at cut-offs") {
      $0.averagePrecision(at: cutoff($1))
    },
    MeasureFamily(
      "success",
      [],
      .cutoff(defaults: [1, 5, 10]),
      .mean,
      "queries with a relevant document among the first"
    ) { $0.relevantRetrieved(within: cutoff($1)) > 0 ? 1 : 0 },
    MeasureFamily("set_P", ["SetP"], .none, .mean, "precision of all that was found") {
      ranking,
      _ in
      ranking.setPrecision
    },
    MeasureFamily("set_recall", ["SetR"], .none, .mean, "recall of all that was found") {
      ranking,
      _ in
      ranking.setRecall
    },
    MeasureFamily("set_map", ["SetAP"], .none, .mean, "set_P times set_recall") { ranking, _ in
      ranking.setPrecision * ranking.setRecall
    },
    MeasureFamily("set_F", ["SetF"], .none, .mean, "harmonic mean of set_P and set_recall") {
      ranking,
      _ in
      ranking.setF
    },
  ]

  /// A cut-off as the table's functions get it: infinity where there is none.
  private static func cutoff(_ number: Double) -> Int { Int(exactly: number) ?? .max }
}
