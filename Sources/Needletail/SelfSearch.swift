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
  private let progress: @Sendable (BuildProgress) -> Void

  /// Queries per call: enough that each list is scanned for many of them at once.
  private static let mostQueries = 8_192
  /// Neighbors per call, which bounds the memory for answers of a large k.
  private static let mostNeighbors = 16 << 20

  /// Checks what is asked, before any work; as ``nearestNeighborGraph(of:k:metric:by:scores:threads:seed:progress:)``.
  package init(
    of vectors: VectorSet,
    k: Int,
    metric: Metric,
    by method: NeighborMethod,
    threads: Int,
    seed: UInt64,
    progress: @escaping @Sendable (BuildProgress) -> Void
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
    self.progress = progress
  }

  /// Builds the index: the vectors are validated here.
  package func build() throws -> any StoredIndex {
    guard method != .exact else {
      return try exactIndex(over: vectors, queries: vectors.count, metric: metric, threads: threads)
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
  package func setting(for index: any StoredIndex) throws -> Parameters {
    switch method {
    case .exact: return [:]
    case .lists(let parameters):
      return try parameters.resolved(against: IVFBackend.searchParameters, owner: IVFBackend.name)
    case .recall(let target):
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
    with index: any StoredIndex,
    _ parameters: Parameters,
    scores: Bool
  ) throws -> NeighborGraph {
    let count = vectors.count
    let order = (index as? any ListedIndex)?.rowsByList
    let target = GraphUnderConstruction(count: count, k: k, metric: metric, scores: scores)
    let batch = max(64, min(Self.mostQueries, Self.mostNeighbors / (k + 1)))
    for start in stride(from: 0, to: count, by: batch) {
      progress(BuildProgress(phase: "searching", done: start, total: count))
      let places = start..<min(start + batch, count)
      let queries = places.map { place in order?[place] ?? UInt32(place) }
      let short = try answer(queries, with: index, parameters, into: target)
      guard !short.isEmpty else { continue }
      // A fixed number of lists can hold fewer than k: then the margin decides, which grows until
      // there are enough.
      var wider = parameters
      wider["nprobe"] = 0
      let left = try answer(short, with: index, wider, into: target)
      precondition(left.isEmpty, "\(left.count) vectors have fewer than \(k) neighbors")
    }
    return target.finished()
  }

  /// Searches for some rows and writes their neighbors; returns the rows for which too few were found.
  private func answer(
    _ queries: [UInt32],
    with index: any StoredIndex,
    _ parameters: Parameters,
    into target: GraphUnderConstruction
  ) throws -> [UInt32] {
    let values = MutableMemory<Float>(count: queries.count * vectors.dimension)
    let set = vectors.subset(queries)
    try parallelFor(queries.count, chunk: 256, threads: threads) { _, range in
      let places = range.lowerBound * set.dimension..<range.upperBound * set.dimension
      var span = unsafe UnsafeMutableBufferPointer(rebasing: values.elements[places]).mutableSpan
      try set.copyRows(range, preparedFor: metric, into: &span)
    }
    let found = try unsafe values.frozen().withUnsafeBufferPointer { values in
      try unsafe index.nearestRows(
        to: values.span,
        k: k + 1,
        parameters: parameters,
        threads: threads
      )
    }
    parallelFor(queries.count, chunk: 256, threads: threads) { _, range in
      for query in range { target.write(found, query, as: queries[query]) }
    }
    return queries.enumerated().filter { query, row in
      !target.isComplete(found, query, as: row)
    }.map(\.element)
  }
}

/// The graph while rows are written, each by one thread.
private final class GraphUnderConstruction: Sendable {
  private let k: Int
  private let metric: Metric
  private let rows: MutableMemory<UInt32>
  private let scores: MutableMemory<Float>?

  init(count: Int, k: Int, metric: Metric, scores: Bool) {
    self.k = k
    self.metric = metric
    rows = MutableMemory(count: count * k)
    self.scores = scores ? MutableMemory(count: count * k) : nil
  }

  /// Writes what was found for a query as the neighbors of `row`: without the row itself, which is
  /// not always among the answers, nor always the first of them.
  func write(_ found: NearestRows, _ query: Int, as row: UInt32) {
    let first = query * found.k
    var place = Int(row) * k
    let end = place + k
    for answer in first..<first + found.counts[query] where found.rows[answer] != row {
      guard place < end else { return }
      unsafe rows.elements[place] = found.rows[answer]
      if let scores {
        unsafe scores.elements[place] = metric.score(fromDistance: found.distances[answer])
      }
      place += 1
    }
  }

  /// Whether as many neighbors were found as `row` should have.
  func isComplete(_ found: NearestRows, _ query: Int, as row: UInt32) -> Bool {
    if found.counts[query] > k { return true }
    let first = query * found.k
    return found.counts[query] == k && !found.rows[first..<first + k].contains(row)
  }

  func finished() -> NeighborGraph {
    NeighborGraph(k: k, rows: rows.frozen(), scores: scores?.frozen())
  }
}
