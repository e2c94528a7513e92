internal import VectorCore

/// Two runs of the same queries side by side: the first is what the second is weighed against, as an
/// exact search is what an approximate one is weighed against.
public struct RunComparison: Sendable {
  /// One measure of both runs.
  public struct Row: Sendable {
    /// The measure.
    public let measure: Measure
    /// The first run's value over all queries.
    public let first: Double
    /// The second run's value over all queries.
    public let second: Double
    /// What the differences, second minus first, say query by query.
    public let test: PairedTest
  }

  /// One query under the first measure.
  public struct Query: Sendable {
    /// The query.
    public let id: String
    /// The first run's value.
    public let first: Double
    /// The second run's value.
    public let second: Double
    /// Rank-biased overlap of both rankings.
    public let rankBiasedOverlap: Double

    /// Second minus first.
    public var difference: Double { second - first }
  }

  /// How a comparison is made.
  public struct Options: Sendable {
    /// How both runs are judged.
    public var evaluation = EvaluationOptions()
    /// Fixes every draw of the tests.
    public var seed: UInt64 = 42
    /// The p of rank-biased overlap, between 0 and 1.
    public var persistence = 0.9
    /// The depths of overlap@k, ascending.
    public var depths = [1, 3, 10, 30, 100, 300, 1_000]

    /// The defaults.
    public init() {}
  }

  /// The measures, in the order asked for.
  public let rows: [Row]
  /// The queries that count, in the order of the judgments.
  public let queries: [Query]
  /// The mean of overlap@k over the queries, by depth: depths beyond both runs are left out.
  public let overlaps: [(depth: Int, mean: Double)]
  /// The mean of rank-biased overlap over the queries.
  public let meanRankBiasedOverlap: Double
  /// Both evaluations.
  public let evaluations: (first: Evaluation, second: Evaluation)

  /// Compares two runs.
  ///
  /// With ``MissingQueries/zero`` all judged queries count, with ``MissingQueries/skip`` those for
  /// which both runs have results. There must be a measure, and none may be a geometric mean.
  /// - Throws: ``VectorCore/FileError`` as ``Evaluation``; ``MeasureError`` where the measures make
  ///   no sense.
  public init(
    _ first: Run,
    _ second: Run,
    by qrels: Qrels,
    measures: [Measure],
    options: Options = Options()
  ) throws {
    guard !measures.isEmpty, measures.allSatisfy(\.hasQueryValues) else {
      throw MeasureError(
        description: "only measures with a value for each query can be compared; "
          + "leave out geometric means and num_q"
      )
    }
    let settings = options.evaluation
    let left = try Evaluation(of: first, by: qrels, measures: measures, options: settings)
    let right = try Evaluation(of: second, by: qrels, measures: measures, options: settings)
    let pairs = try Pairs(left, right, second)
    let agreement = try RunAgreement(first, second, queries: pairs.ids, options: options)
    evaluations = (left, right)
    rows = measures.indices.map { measure in
      let values = pairs.values(measure, left, right)
      let differences = values.map { $0.second - $0.first }
      return Row(
        measure: measures[measure],
        first: pairs.overall(values.map(\.first), measures[measure]),
        second: pairs.overall(values.map(\.second), measures[measure]),
        test: PairedTest(differences, seed: options.seed, threads: settings.threads)
      )
    }
    let values = pairs.values(0, left, right)
    queries = pairs.ids.enumerated().map { place, id in
      Query(
        id: id,
        first: values[place].first,
        second: values[place].second,
        rankBiasedOverlap: agreement.rankBiased[place]
      )
    }
    overlaps = agreement.overlaps
    meanRankBiasedOverlap =
      agreement.rankBiased.reduce(0, +) / Double(agreement.rankBiased.count)
  }

  /// The queries whose value falls most from the first run to the second, at most `count` and none
  /// that does not fall; equal ones in the order of the judgments.
  public func largestLosses(_ count: Int) -> [Query] {
    let order = queries.indices.filter { queries[$0].difference < 0 }
      .sorted { (queries[$0].difference, $0) < (queries[$1].difference, $1) }
    return order.prefix(count).map { queries[$0] }
  }
}

/// The queries of two evaluations that both have.
private struct Pairs {
  let ids: [String]
  private let first: [Int]
  private let second: [Int]

  init(_ left: Evaluation, _ right: Evaluation, _ run: Run) throws {
    let places = Dictionary(zip(right.queryIDs, right.queryIDs.indices)) { place, _ in place }
    let shared = left.queryIDs.indices.filter { places[left.queryIDs[$0]] != nil }
    guard !shared.isEmpty else {
      throw FileError(
        .badData,
        path: run.path,
        reason: "has none of the queries of the other run",
        remedy: "compare runs of the same queries"
      )
    }
    first = shared
    ids = shared.map { left.queryIDs[$0] }
    second = ids.compactMap { places[$0] }
  }

  func values(
    _ measure: Int,
    _ left: Evaluation,
    _ right: Evaluation
  ) -> [(first: Double, second: Double)] {
    zip(first, second).map { (left.values[measure][$0], right.values[measure][$1]) }
  }

  func overall(_ values: [Double], _ measure: Measure) -> Double {
    let sum = values.reduce(0, +)
    return measure.isCount ? sum : sum / Double(values.count)
  }
}
