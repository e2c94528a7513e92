internal import VectorCore

/// The queries of a benchmark in memory, and the two ways of sending them to an index.
struct SearchMeasurement {
  let name: String
  /// `[count, dimension]` row-major, as they are in their source.
  let values: [Float]
  let dimension: Int
  let k: Int
  let threads: Int

  var count: Int { values.count / dimension }

  /// Sends all queries in one call.
  func timeBatch(
    _ index: any VectorIndex,
    _ setting: Parameters
  ) throws -> (seconds: Double, results: SearchResults) {
    let clock = ContinuousClock()
    let start = clock.now
    let results = try index.search(
      values.span,
      k: k,
      parameters: setting,
      threads: threads,
      name: name
    )
    return ((clock.now - start).inSeconds, results)
  }

  /// Sends the queries one by one from the first on, until they or the budget are used up.
  ///
  /// - Returns: the latency of each call in microseconds, at least one.
  func timeSingles(
    _ index: any VectorIndex,
    _ setting: Parameters,
    budget: Duration
  ) throws -> [Double] {
    let clock = ContinuousClock()
    var latencies: [Duration] = []
    latencies.reserveCapacity(count)
    let start = clock.now
    for query in 0..<count {
      let before = clock.now
      _ = try index.search(
        values.span.extracting(query * dimension..<(query + 1) * dimension),
        k: k,
        parameters: setting,
        threads: 1,
        name: name
      )
      let after = clock.now
      latencies.append(after - before)
      if after - start >= budget { break }
    }
    return latencies.map { $0.inSeconds * 1_000_000 }
  }
}

/// What the rounds have shown of one setting of one index so far.
struct Trial {
  let setting: Parameters
  private(set) var recall = 0.0
  private(set) var tolerantRecall = 0.0
  private var quality: Double?
  /// How the queries of a filter were answered.
  var filterWay: String?
  private var batchSeconds: [Double] = []
  private var singleRounds: [Latencies] = []

  private struct Latencies {
    let count: Int
    let qps: Double
    let mean: Double
    let p50: Double
    let p95: Double
    let p99: Double
  }

  init(_ setting: Parameters) { self.setting = setting }

  /// Whether it was measured at all: a sweep that has reached the truth skips the rest.
  var isMeasured: Bool { !batchSeconds.isEmpty }

  /// The time that batches have taken.
  var batchTotal: Double { batchSeconds.reduce(0, +) }

  mutating func setRecall(_ recall: Double, tolerant: Double, quality: Double?) {
    self.recall = recall
    self.quality = quality
    tolerantRecall = tolerant
  }

  mutating func addBatch(seconds: Double) { batchSeconds.append(seconds) }

  /// Adds a round of single queries, in microseconds each.
  mutating func addSingles(_ latencies: [Double]) {
    let sorted = latencies.sorted()
    let total = max(sorted.reduce(0, +), .leastNormalMagnitude)
    singleRounds.append(
      Latencies(
        count: sorted.count,
        qps: Double(sorted.count) / total * 1_000_000,
        mean: total / Double(sorted.count),
        p50: percentile(50, of: sorted),
        p95: percentile(95, of: sorted),
        p99: percentile(99, of: sorted)
      )
    )
  }

  /// The figures for the record, or `nil` where nothing was measured.
  func search(queries: Int) -> BenchmarkRecord.Search? {
    let rates = batchSeconds.map { Double(queries) / max($0, 1e-9) }
    guard let best = rates.max(), let middle = median(rates),
      let single = singleRounds.map(\.qps).max(), let singleMiddle = median(singleRounds.map(\.qps))
    else { return nil }
    func typical(_ value: KeyPath<Latencies, Double>) -> Double {
      median(singleRounds.map { $0[keyPath: value] }) ?? 0
    }
    return BenchmarkRecord.Search(
      setting: setting.description,
      recall: recall,
      tolerantRecall: tolerantRecall,
      quality: quality,
      filterWay: filterWay,
      single: BenchmarkRecord.Single(
        qps: single,
        medianQPS: singleMiddle,
        mean: typical(\.mean),
        p50: typical(\.p50),
        p95: typical(\.p95),
        p99: typical(\.p99),
        queries: singleRounds.map(\.count).min() ?? 0,
        rounds: singleRounds.count
      ),
      batch: BenchmarkRecord.Batch(qps: best, medianQPS: middle, rounds: rates.count)
    )
  }
}
