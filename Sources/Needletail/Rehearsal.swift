internal import IndexStore
public import VectorCore

/// What an index is tuned with.
public enum TuningQuerySource: Sendable {
  /// Vectors of the set, searched in a second index of the same kind that is built without them: what
  /// new vectors of the same origin would meet. Takes the time and memory of a second build.
  ///
  /// Where the rest would be too few to train on, it is ``leaveOneOut``.
  case heldOut
  /// Vectors of the set, searched in the index itself, each left out of its own neighbors.
  ///
  /// Saves the second build, and is sound for cells and codes. A graph, though, was linked by
  /// searching for these very vectors: it finds their neighbors far more easily than those of new
  /// ones, and the curve is too high.
  case leaveOneOut
  /// Queries of their own, searched in the index itself.
  case given(VectorSet)
}

/// An index, a set and queries that tell how searches will go.
struct Rehearsal {
  let index: any StoredIndex
  let vectors: VectorSet
  let queries: TuningQueries
  let source: RecallCurve.QuerySource

  /// Takes or samples the queries, and builds the second index where they are held out.
  init(
    _ index: any StoredIndex,
    _ vectors: VectorSet,
    _ source: TuningQuerySource,
    target: Double,
    threads: Int,
    progress: @escaping @Sendable (BuildProgress) -> Void
  ) throws {
    let summary = index.summary
    let metric = summary.metric
    if case .given(let set) = source {
      queries = try TuningQueries(set, dimension: summary.dimension, metric: metric)
      (self.index, self.vectors, self.source) = (index, vectors, .given)
      return
    }
    guard vectors.count >= 2 else {
      throw RecallError.tooFewVectors(what: vectors.name, count: vectors.count)
    }
    if case .heldOut = source {
      let rows = TuningQueries.sample(of: vectors.count, target: target, seed: summary.seed)
      let rest = vectors.subset(rows.rest)
      let options = BuildOptions(
        metric: metric,
        threads: threads,
        seed: summary.seed,
        progress: { progress($0.named("rehearsal: \($0.phase)")) }
      )
      if let twin = try Self.build(summary, over: rest, options) {
        queries = try TuningQueries(
          vectors.subset(rows.chosen),
          dimension: summary.dimension,
          metric: metric
        )
        (self.index, self.vectors, self.source) = (twin, rest, .heldOut)
        return
      }
    }
    let rows = TuningQueries.sample(of: vectors.count, target: target, seed: summary.seed).chosen
    queries = try TuningQueries(rows: rows, of: vectors, metric: metric)
    (self.index, self.vectors, self.source) = (index, vectors, .leaveOneOut)
  }

  /// An index of the same kind, or `nil` where the vectors are too few to train it.
  private static func build(
    _ summary: IndexSummary,
    over vectors: VectorSet,
    _ options: BuildOptions
  ) throws -> (any StoredIndex)? {
    do {
      return try backend(named: summary.backend).makeIndex(
        over: vectors,
        parameters: summary.parameters,
        options: options
      )
    } catch IndexError.tooFewVectors {
      return nil
    }
  }
}

extension BuildProgress {
  fileprivate func named(_ phase: String) -> BuildProgress {
    BuildProgress(phase: phase, done: done, total: total)
  }
}
