internal import Synchronization
internal import VectorCore

/// How much the rankings of two runs agree, query by query, whatever their quality.
struct RunAgreement {
  /// The mean of overlap@k, for those depths that a ranking reaches.
  let overlaps: [(depth: Int, mean: Double)]
  /// The rank-biased overlap of each query.
  let rankBiased: [Double]

  private struct Sample {
    var overlaps: [Double] = []
    var rankBiased = 0.0
    var depth = 0
  }

  /// Compares the rankings of some queries.
  init(
    _ first: Run,
    _ second: Run,
    queries: [String],
    options: RunComparison.Options
  ) throws {
    let rankings = RankingPairs(first, second, ties: options.evaluation.ties)
    let depths = options.depths
    let found = Mutex([Sample](repeating: Sample(), count: queries.count))
    try parallelFor(queries.count, chunk: 16, threads: options.evaluation.threads) { _, range in
      let own = try range.map { place in
        let pair = try rankings.pair(of: queries[place])
        let overlap = RankingOverlap(pair.first, pair.second)
        return Sample(
          overlaps: depths.map { overlap.overlap(at: $0) },
          rankBiased: overlap.rankBiasedOverlap(persistence: options.persistence),
          depth: max(pair.first.count, pair.second.count)
        )
      }
      found.withLock { $0.replaceSubrange(range, with: own) }
    }
    let samples = found.withLock { $0 }
    rankBiased = samples.map(\.rankBiased)
    let deepest = samples.map(\.depth).max() ?? 0
    overlaps = depths.indices.filter { depths[$0] <= deepest }.map { place in
      let sum = samples.reduce(0) { $0 + $1.overlaps[place] }
      return (depths[place], sum / Double(samples.count))
    }
  }
}

/// The rankings of two runs, with one numbering of their documents.
private struct RankingPairs: Sendable {
  private let first: Run
  private let second: Run
  private let ties: TieOrder
  /// For each document of the second run its number in the first.
  private let known: [UInt32?]

  init(_ first: Run, _ second: Run, ties: TieOrder) {
    self.first = first
    self.second = second
    self.ties = ties
    known = first.documents.numbers(of: second.documents)
  }

  /// Both rankings of a query, empty where a run does not have it.
  func pair(of id: String) throws -> (first: [UInt32], second: [UInt32]) {
    let firstFree = UInt32(truncatingIfNeeded: first.documents.count)
    let own = try entries(of: id, in: first).map { first.documentOf[$0] }
    let other = try entries(of: id, in: second).map { entry in
      let document = second.documentOf[entry]
      // Documents that only the second run has come behind all others.
      return known[Int(document)] ?? firstFree &+ document
    }
    return (own, other)
  }

  private func entries(of id: String, in run: Run) throws -> [Int] {
    guard let query = run.queries.find(id.utf8Span.span) else { return [] }
    return try run.ranking(of: query, by: ties)
  }
}
