internal import IndexStore
internal import VectorCore

/// A part of a set in memory, with queries, that candidates are measured on.
struct ChoiceSample {
  let vectors: VectorSet
  private let queries: VectorSet

  /// Vectors below which nothing is measured where exact search will do.
  static let leastCount = 2_000
  /// Vectors to build over, and queries, at most.
  private static let mostVectors = 50_000
  private static let mostQueries = 1_000
  /// How long a candidate is timed, and how often at least.
  private static let budget = Duration.milliseconds(300)
  private static let leastRounds = 3

  /// Draws rows by a seeded shuffle: queries first, where none are given, then vectors.
  init(_ vectors: VectorSet, metric: Metric, queries: VectorSet?, seed: UInt64) throws {
    // Not the order by which a backend chooses what to train on.
    let order = seededShuffle(of: vectors.count, seed: SplitMix64.value(seed: seed, at: 1 << 33))
    let heldOut = queries == nil ? min(Self.mostQueries, vectors.count / 10) : 0
    let chosen = order.dropFirst(heldOut).prefix(Self.mostVectors).sorted()
    self.vectors = try Self.copy(chosen, of: vectors, metric: metric)
    guard let queries else {
      guard heldOut > 0 else {
        throw RecallError.tooFewVectors(what: vectors.name, count: vectors.count)
      }
      self.queries = try Self.copy(order.prefix(heldOut).sorted(), of: vectors, metric: metric)
      return
    }
    guard queries.dimension == vectors.dimension else {
      throw IndexError.dimensionMismatch(
        what: queries.name,
        expected: vectors.dimension,
        actual: queries.dimension
      )
    }
    guard queries.count > 0 else { throw IndexError.emptySet(what: queries.name) }
    let some = seededShuffle(of: queries.count, seed: seed).prefix(Self.mostQueries).sorted()
    self.queries = try Self.copy(some, of: queries, metric: metric)
  }

  /// Reads rows into memory one by one, so that an error names the row as it is in the set.
  private static func copy(
    _ rows: [UInt32],
    of vectors: VectorSet,
    metric: Metric
  ) throws -> VectorSet {
    let dimension = vectors.dimension
    var values: [Float] = []
    values.reserveCapacity(rows.count * dimension)
    var vector = [Float](repeating: 0, count: dimension)
    for row in rows {
      var span = vector.mutableSpan
      try vectors.copyRows(Int(row)..<Int(row) + 1, preparedFor: metric, into: &span)
      values += vector
    }
    return VectorSet(values, dimension: dimension, name: vectors.name)
  }

  /// Builds, tunes and times a candidate; a candidate that cannot hold the vectors stays as it is, with
  /// a note.
  func measured(
    _ candidate: BackendCandidate,
    goal: SearchGoal,
    _ options: BuildOptions
  ) throws -> BackendCandidate {
    do {
      let chosen = try IndexSpecification(parsing: candidate.specification)
      let index = try chosen.backend.makeIndex(
        over: vectors,
        parameters: chosen.parameters,
        options: options
      )
      let k = min(goal.k, vectors.count)
      let (setting, recall) = try tuned(index, chosen, k: k, recall: goal.recall, options)
      options.progress(BuildProgress(phase: "timing", done: 0, total: 1))
      let rate = try rate(
        of: index,
        setting,
        k: k,
        inBatches: goal.mode == .batch,
        threads: options.threads
      )
      return candidate.with(
        BackendCandidate.Measurement(setting: setting, recall: recall, rate: rate)
      )
    } catch let error as IndexError where error.kind == .usage {
      return candidate.with(nil, note: "cannot hold these vectors")
    } catch IndexError.tooFewVectors {
      return candidate.with(nil, note: "too few vectors")
    }
  }

  /// The cheapest setting whose mean recall reaches the target, or the best; exact search has none.
  ///
  /// The mean decides, not its bound: candidates are compared, nothing is promised.
  private func tuned(
    _ index: any StoredIndex,
    _ chosen: IndexSpecification,
    k: Int,
    recall: Double,
    _ options: BuildOptions
  ) throws -> (Parameters, Double) {
    guard chosen.backend.searchParameters.contains(where: { !$0.sweep.isEmpty }) else {
      return ([:], 1)
    }
    let curve = try Needletail.tuned(
      index,
      over: vectors,
      recall: recall,
      ks: [k],
      queries: .given(queries),
      threads: options.threads,
      progress: options.progress
    ).curve
    let points = try curve.table(for: k).points.map { point in
      RecallCurve.Point(value: point.value, recall: point.recall, lowerBound: point.recall)
    }
    let means = RecallCurve.Table(k: k, points: points)
    var setting: Parameters = [:]
    guard let value = means.setting(reaching: recall) else {
      setting[curve.parameter] = means.best.value
      return (setting, means.best.recall)
    }
    setting[curve.parameter] = value
    // Between two settings the recall is the target's, as far as the straight line goes.
    let measured = points.first { $0.value == value }
    return (setting, measured?.recall ?? recall)
  }

  /// Queries a second: the best of several rounds in batches, the same of single calls.
  private func rate(
    of index: any StoredIndex,
    _ setting: Parameters,
    k: Int,
    inBatches: Bool,
    threads: Int
  ) throws -> Double {
    let values = try queries.allRows(preparedFor: index.summary.metric)
    let dimension = queries.dimension
    // The first call makes the room that later ones reuse.
    let warm = min(queries.count, 64)
    _ = try index.nearestRows(
      to: values.span.extracting(0..<warm * dimension),
      k: k,
      parameters: setting,
      threads: inBatches ? threads : 1
    )
    let clock = ContinuousClock()
    let started = clock.now
    var best = 0.0
    var rounds = 0
    while rounds < Self.leastRounds || clock.now - started < Self.budget {
      let began = clock.now
      var done = queries.count
      if inBatches {
        _ = try index.nearestRows(to: values.span, k: k, parameters: setting, threads: threads)
      } else {
        done = 0
        while done < queries.count, clock.now - began < Self.budget {
          let places = done * dimension..<(done + 1) * dimension
          _ = try index.nearestRows(
            to: values.span.extracting(places),
            k: k,
            parameters: setting,
            threads: 1
          )
          done += 1
        }
      }
      best = max(best, Double(done) / max((clock.now - began).inSeconds, 1e-9))
      rounds += 1
    }
    return best
  }
}

extension BackendCandidate {
  fileprivate func with(_ measurement: Measurement?, note: String = "") -> BackendCandidate {
    BackendCandidate(
      specification: specification,
      growth: growth,
      bytesPerVector: bytesPerVector,
      measurement: measurement,
      note: note
    )
  }
}
