internal import ClusterIndex
internal import FlatIndex
package import IndexStore
package import VectorCore

/// The search of a set for the neighbors of all of its own vectors, step by step.
package struct SelfSearch: Sendable {
  private let vectors: VectorSet
  private let k: Int
  private let metric: Metric
  private let method: NeighborMethod
  private let threads: Int
  private let seed: UInt64
  private let exactIndex: BuildOptions.ExactIndex?
  private let progress: @Sendable (BuildProgress) -> Void

  /// Checks what is asked, before any work; as ``nearestNeighborGraph(of:k:metric:by:scores:threads:seed:progress:exactIndex:)``.
  package init(
    of vectors: VectorSet,
    k: Int,
    metric: Metric,
    by method: NeighborMethod,
    threads: Int,
    seed: UInt64,
    progress: @escaping @Sendable (BuildProgress) -> Void,
    exactIndex: BuildOptions.ExactIndex? = nil
  ) throws {
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    guard vectors.count > 1 else { throw NeighborGraphError.tooFewVectors(what: vectors.name) }
    guard (1..<vectors.count).contains(k) else {
      throw NeighborGraphError.kOutOfRange(k: k, what: vectors.name, count: vectors.count)
    }
    switch method {
    case .exact:
      guard threads >= 1 else {
        throw IndexError.invalidParameter(
          name: "threads",
          value: "\(threads)",
          allowed: "at least 1"
        )
      }
    case .lists(let parameters):
      try checkTuning(target: 0.5, ks: [k], threads: threads)
      _ = try parameters.resolved(against: IVFBackend.searchParameters, owner: IVFBackend.name)
    case .recall(let target):
      try checkTuning(target: target, ks: [k], threads: threads)
    }
    // Neighbors are rows, so that ids would only be carried about.
    self.vectors = VectorSet(vectors.source)
    self.k = k
    self.metric = metric
    self.method = method
    self.threads = threads
    self.seed = seed
    self.exactIndex = exactIndex
    self.progress = progress
  }

  /// Builds the index: the vectors are validated here.
  package func build() throws -> any VectorIndex {
    guard method != .exact else {
      return try exactIndex?(vectors, metric)
        ?? Needletail.exactIndex(
          over: vectors,
          queries: vectors.count,
          metric: metric,
          threads: threads
        )
    }
    return try IVFBackend.makeIndex(
      over: vectors,
      options: BuildOptions(metric: metric, threads: threads, seed: seed, progress: progress)
    )
  }

  /// The search parameters of the method, complete; measures which ones reach a recall.
  ///
  /// Vectors of the set serve as queries, each left out of its own neighbors: here that is no
  /// shortcut, but the very search that is to come.
  package func setting(for index: any VectorIndex) throws -> Parameters {
    switch method {
    case .exact: return [:]
    case .lists(let parameters):
      return try parameters.resolved(against: IVFBackend.searchParameters, owner: IVFBackend.name)
    case .recall(let target):
      guard let index = index as? any StoredIndex else {
        preconditionFailure("\(IVFBackend.name) can be stored")
      }
      let curve = try tuned(
        index,
        over: vectors,
        recall: target,
        ks: [k],
        queries: .leaveOneOut,
        threads: threads,
        progress: progress
      ).curve
      let table = try curve.table(for: k)
      guard let setting = table.setting(reaching: target) else {
        throw NeighborGraphError.recallNotReached(
          target: target,
          k: k,
          setting: "\(curve.parameter)=\(table.best.value)",
          recall: table.best.recall,
          lowerBound: table.best.lowerBound
        )
      }
      var parameters: Parameters = [:]
      parameters[curve.parameter] = setting
      return try parameters.resolved(against: IVFBackend.searchParameters, owner: IVFBackend.name)
    }
  }

  /// Searches for every vector, in the order of the index's lists where it has some.
  ///
  /// - Parameters:
  ///   - index: what ``build()`` returned.
  ///   - parameters: what ``setting(for:)`` returned.
  ///   - scores: whether scores are kept.
  /// - Returns: the graph.
  /// - Throws: what reading the vectors throws.
  package func graph(
    with index: any VectorIndex,
    _ parameters: Parameters,
    scores: Bool
  ) throws -> NeighborGraph {
    // A fixed number of lists can hold fewer than k: then the margin decides, which grows until
    // there are enough.
    var wider = parameters
    wider["nprobe"] = 0
    let found = try OwnNeighbors(
      of: vectors,
      in: index,
      k: k,
      parameters: parameters,
      wider: wider,
      scores: scores,
      threads: threads
    ) { progress(BuildProgress(phase: "searching", done: $0, total: vectors.count)) }
    return NeighborGraph(k: k, rows: found.rows, scores: found.scores)
  }
}
