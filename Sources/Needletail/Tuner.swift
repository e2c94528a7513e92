internal import IndexStore
internal import Synchronization
internal import VectorCore

/// Runs queries against an index at each setting of its search parameter.
struct Tuner: Sendable {
  let index: any StoredIndex
  let vectors: VectorSet
  let queries: TuningQueries
  let parameter: ParameterDescription
  let threads: Int
  let progress: @Sendable (BuildProgress) -> Void

  /// Queries per call, which bounds the memory for results.
  private static let batch = 1_024

  /// Measures every setting with every k.
  ///
  /// - Parameter ks: ascending, at most what can be found.
  /// - Returns: one table for each k, in their order.
  /// - Throws: what searching and reading vectors throw.
  func tables(_ ks: [Int]) throws -> [RecallCurve.Table] {
    let truth = try ExactNeighbors(
      of: queries,
      among: vectors,
      k: ks.last ?? 1,
      metric: index.summary.metric,
      threads: threads,
      progress: progress
    )
    let values = parameter.sweep.map { parameter.ofItsKind($0) }
    var done = 0
    return try ks.map { k in
      let points = try values.map { value in
        progress(BuildProgress(phase: "tuning", done: done, total: ks.count * values.count))
        done += 1
        let recalls = try recalls(k: k, at: value, truth)
        return RecallCurve.Point(
          value: value,
          recall: recalls.reduce(0, +) / Double(recalls.count),
          lowerBound: RecallBound.lower(of: recalls)
        )
      }
      return RecallCurve.Table(k: k, points: points)
    }
  }

  /// The recall of each query at one setting.
  private func recalls(
    k: Int,
    at value: ParameterValue,
    _ truth: ExactNeighbors
  ) throws -> [Double] {
    var setting: Parameters = [:]
    setting[parameter.name] = value
    let asked = queries.asking(for: k)
    let recalls = Mutex([Double](repeating: 0, count: queries.count))
    for start in stride(from: 0, to: queries.count, by: Self.batch) {
      let end = min(start + Self.batch, queries.count)
      let places = start * queries.dimension..<end * queries.dimension
      let found = try index.nearestRows(
        to: queries.values.span.extracting(places),
        k: asked,
        parameters: setting,
        threads: threads
      )
      try parallelFor(end - start, chunk: 16, threads: threads) { _, range in
        let shares = try range.map { place in
          let first = place * asked
          let rows = queries.others(
            found.rows[first..<first + found.counts[place]],
            of: start + place,
            k: k
          )
          return Double(try hits(rows, of: start + place, k: k, truth)) / Double(k)
        }
        recalls.withLock { recalls in
          for (place, share) in zip(range, shares) { recalls[start + place] = share }
        }
      }
    }
    return recalls.withLock { $0 }
  }

  /// How many of the rows found are among the true ones, or as near as the last of these.
  private func hits(
    _ rows: [UInt32],
    of query: Int,
    k: Int,
    _ truth: ExactNeighbors
  ) throws -> Int {
    let nearest = truth.nearest(k, of: query)
    let others = Set(rows).subtracting(nearest)
    let sure = Set(rows).count - others.count
    guard !others.isEmpty, let last = nearest.last else { return sure }
    let limit = try distance(query, last)
    return try sure + others.count { try distance(query, $0) <= limit }
  }

  /// The distance of a query and a row in double precision, smaller is nearer.
  private func distance(_ query: Int, _ row: UInt32) throws -> Double {
    var vector = [Float](repeating: 0, count: queries.dimension)
    var span = vector.mutableSpan
    let metric = index.summary.metric
    try vectors.copyRows(Int(row)..<Int(row) + 1, preparedFor: metric, into: &span)
    return zip(queries.value(of: query), vector).reduce(0.0) { sum, pair in
      let (left, right) = (Double(pair.0), Double(pair.1))
      return metric == .squaredL2
        ? sum + (left - right) * (left - right) : sum - left * right
    }
  }
}

extension ParameterDescription {
  /// A value of a sweep as the domain has it: a real parameter's sweep may be written in whole
  /// numbers.
  fileprivate func ofItsKind(_ value: ParameterValue) -> ParameterValue {
    if case .real = domain, let number = value.number { return .real(number) }
    return value
  }
}
