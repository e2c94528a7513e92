internal import IndexStore
internal import Synchronization
internal import VectorCore

/// Builds a graph in batches, the same one for any number of threads.
///
/// Insertion as in Algorithm 1 of arXiv:1603.09320, but batch-synchronous as in ParlayANN
/// (arXiv:2305.04359): the nodes of a batch are searched for in parallel against the graph as it
/// was before the batch; then the links back to them are merged, node by node, in a fixed order.
/// There are no locks, and nothing depends on timing.
struct HNSWBuilder {
  private let vectors: VectorRows
  private let parameters: HNSWParameters
  private let options: BuildOptions
  private let assignment: LayerAssignment
  private let construction: GraphUnderConstruction

  /// A batch is at most this fraction of the graph it is searched for in: its nodes cannot find
  /// each other, so they must be few beside those that they can find.
  private static let batchFraction = 32

  init(vectors: VectorRows, parameters: HNSWParameters, options: BuildOptions) {
    self.vectors = vectors
    self.parameters = parameters
    self.options = options
    assignment = LayerAssignment(count: vectors.count, M: parameters.M, seed: options.seed)
    construction = GraphUnderConstruction(
      count: vectors.count,
      assignment: assignment,
      M: parameters.M
    )
  }

  /// Inserts every row.
  func build() -> HNSWGraph {
    // The entry point goes first, so that every layer exists from the beginning; the others follow
    // in a shuffled order, so that a batch is a sample even of sorted data.
    let entryRow = assignment.rowsAbove.last?[0] ?? 0
    var order = seededShuffle(of: vectors.count, seed: ~options.seed)
    if let place = order.firstIndex(of: entryRow) { order.swapAt(0, place) }
    let workers = (0..<options.threads).map { _ in
      InsertionWorker(
        vectors: vectors,
        metric: options.metric,
        parameters: parameters,
        construction: construction
      )
    }
    var done = 1
    while done < order.count {
      let size = min(max(1, done / Self.batchFraction), order.count - done)
      let batch = Array(order[done..<done + size])
      for (layer, edges) in search(for: batch, workers).enumerated() {
        link(back: edges, in: layer, workers)
      }
      done += size
      options.progress(BuildProgress(phase: "linking", done: done, total: order.count))
    }
    var reachability = Reachability(construction)
    _ = reachability.complete { workers[0].near($0) }
    return construction.graph
  }

  /// Searches for the nodes of a batch and writes their own links.
  ///
  /// - Returns: for each layer, the links back that are still to be written, in no fixed order.
  private func search(for batch: [UInt32], _ workers: [InsertionWorker]) -> [[BackLink]] {
    let found = Mutex([[BackLink]](repeating: [], count: construction.graph.layers.count))
    parallelFor(batch.count, chunk: 16, threads: options.threads) { worker, range in
      let links = range.map { index in
        workers[worker].insert(batch[index], top: Int(assignment.levels[Int(batch[index])]))
      }
      found.withLock { found in
        for link in links.joined() { found[link.layer].append(link) }
      }
    }
    return found.withLock { $0 }
  }

  /// Writes links back to the nodes of a batch, each target by one worker.
  private func link(back links: [BackLink], in layer: Int, _ workers: [InsertionWorker]) {
    let groups = BackLink.sortedGroups(links, nodes: construction.graph.layers[layer].count)
    parallelFor(groups.count, chunk: 1, threads: options.threads) { worker, range in
      for group in range { workers[worker].merge(groups[group], in: layer) }
    }
  }
}
