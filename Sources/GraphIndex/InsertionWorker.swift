internal import VectorCore

/// What one thread does of a construction: finding a node's neighbours, merging links back.
///
/// Never used by two threads at a time; holds the scratch memory of its walks.
// @unchecked Sendable because parallelFor gives each worker to one thread at a time.
final class InsertionWorker: @unchecked Sendable {
  private let vectors: VectorRows
  private let metric: Metric
  private let parameters: HNSWParameters
  private let construction: GraphUnderConstruction
  private var walk: WalkScratch
  private var selection: NeighborSelection
  private var measured: RowList

  init(
    vectors: VectorRows,
    metric: Metric,
    parameters: HNSWParameters,
    construction: GraphUnderConstruction
  ) {
    self.vectors = vectors
    self.metric = metric
    self.parameters = parameters
    self.construction = construction
    walk = WalkScratch(nodes: vectors.count, degree: 2 * parameters.M)
    selection = NeighborSelection(limit: 2 * parameters.M)
    measured = RowList()
  }

  /// Finds the neighbours of one row in layers `top` to 0, writes its links to them, and returns
  /// the links back.
  func insert(_ row: UInt32, top: Int) -> [BackLink] {
    var links: [BackLink] = []
    unsafe vectors.withDistances(metric) { distances in
      let query = unsafe distances.row(row)
      let graph = construction.graph
      // Only valid links are written here, so that a bad one would be a fault of this file.
      do throws(BadLink) {
        var start = try unsafe graph.descend(query, to: top, distances: distances, scratch: &walk)
        for layer in stride(from: top, to: 0, by: -1) {
          let node = graph.position(ofRow: row, in: layer)
          try unsafe graph.withUpper(layer) { upper throws(BadLink) in
            try unsafe connect(node, query, from: start, in: upper, layer, distances, &links)
          }
          let nearest = CandidatePool.node(walk.pool[0])
          start = graph.position(ofRow: graph.row(of: nearest, in: layer), in: layer - 1)
        }
        try unsafe graph.withBase { base throws(BadLink) in
          try unsafe connect(row, query, from: start, in: base, 0, distances, &links)
        }
      } catch {
        preconditionFailure("node \(error.node) was linked to \(error.link)")
      }
    }
    return links
  }

  private func connect<Rows: NodeRows>(
    _ node: UInt32,
    _ query: UnsafePointer<Float>,
    from start: UInt32,
    in layer: LayerLinks<Rows>,
    _ level: Int,
    _ distances: RowDistances,
    _ backLinks: inout [BackLink]
  ) throws(BadLink) {
    walk.pool.reset(limit: parameters.efConstruction)
    walk.visited.reset()
    unsafe enterLayer(query, at: start, in: layer, distances: distances, scratch: &walk)
    try unsafe searchLayer(query, in: layer, distances: distances, scratch: &walk)
    let pool = (0..<walk.pool.count).map { walk.pool[$0] }
    unsafe selection.choose(
      from: pool,
      limit: parameters.M,
      nodes: layer.nodes,
      measuredBy: distances
    )
    let links = unsafe construction.links(of: node, in: level)
    for (place, key) in selection.chosen.enumerated() {
      let neighbor = CandidatePool.node(key)
      unsafe links[place] = neighbor
      backLinks.append(BackLink(layer: level, target: neighbor, source: node))
    }
  }

  /// Nodes of the base layer near to a row, nearest first, as a search for it finds them.
  func near(_ row: UInt32) -> [UInt32] {
    unsafe vectors.withDistances(metric) { distances in
      do throws(BadLink) {
        try unsafe construction.graph.search(
          distances.row(row),
          beam: parameters.efConstruction,
          distances: distances,
          scratch: &walk
        )
      } catch {
        preconditionFailure("node \(error.node) was linked to \(error.link)")
      }
    }
    return (0..<walk.pool.count).map { CandidatePool.node(walk.pool[$0]) }
  }

  /// Adds links back, sorted by target, to their targets; one with too many keeps a diverse choice.
  func merge(_ links: [BackLink], in level: Int) {
    let graph = construction.graph
    unsafe vectors.withDistances(metric) { distances in
      var start = 0
      while start < links.count {
        let target = links[start].target
        var end = start + 1
        while end < links.count && links[end].target == target { end += 1 }
        let sources = links[start..<end].map(\.source)
        if level == 0 {
          unsafe merge(sources, into: target, level, BaseRows(), distances)
        } else {
          unsafe graph.layers[level].rows?.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            unsafe merge(sources, into: target, level, ListedRows(rows: rows), distances)
          }
        }
        start = end
      }
    }
  }

  private func merge<Rows: NodeRows>(
    _ sources: [UInt32],
    into target: UInt32,
    _ level: Int,
    _ nodes: Rows,
    _ distances: RowDistances
  ) {
    let links = unsafe construction.links(of: target, in: level)
    let held = unsafe links.firstIndex(of: GraphLayer.none) ?? links.count
    // A link back may exist already: two nodes of one batch cannot find each other, but a node can
    // have chosen one that had chosen it.
    var all = unsafe Array(links[..<held])
    for source in sources where !all.contains(source) { all.append(source) }
    if all.count <= links.count {
      for place in held..<all.count { unsafe links[place] = all[place] }
      return
    }
    let vector = unsafe distances.row(nodes.row(of: target))
    let keys = unsafe measured.keys(of: all, to: vector, nodes: nodes, measuredBy: distances)
    unsafe selection.choose(
      from: keys,
      limit: links.count,
      nodes: nodes,
      measuredBy: distances
    )
    for place in 0..<links.count {
      unsafe links[place] =
        place < selection.chosen.count
        ? CandidatePool.node(selection.chosen[place]) : GraphLayer.none
    }
  }
}

/// Memory for measuring a list of nodes.
@safe
struct RowList: ~Copyable {
  private var rows: [UInt32] = []
  private var distances: [Float] = []

  /// Keys of `nodes`, nearest to `vector` first.
  mutating func keys<Rows: NodeRows>(
    of list: [UInt32],
    to vector: UnsafePointer<Float>,
    nodes: Rows,
    measuredBy measure: RowDistances
  ) -> [UInt64] {
    rows.removeAll(keepingCapacity: true)
    for node in list { rows.append(nodes.row(of: node)) }
    let room = (list.count + 3) / 4 * 4
    if distances.count < room { distances = Array(repeating: 0, count: room) }
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe distances.withUnsafeMutableBufferPointer { distances in
        guard let rows = rows.baseAddress, let distances = distances.baseAddress else { return }
        unsafe measure.measure(vector, rows, count: list.count, into: distances)
      }
    }
    return list.indices.map { CandidatePool.key(distance: distances[$0], node: list[$0]) }.sorted()
  }
}
