internal import IndexStore
internal import VectorCore

/// The layers of a graph and where walks enter it.
package struct HNSWGraph: Sendable {
  /// From the base layer, which holds every row, to the top.
  package let layers: [GraphLayer]
  /// The entry point: a node of the top layer.
  package let entry: UInt32

  /// The entry point's row.
  package var entryRow: UInt32 {
    layers[layers.count - 1].rows?[Int(entry)] ?? entry
  }

  /// Walks down from the entry point and searches the base layer.
  ///
  /// Leaves the nearest rows in the scratch's pool, which holds `beam` candidates. The query is as
  /// long as the rows' stride.
  func search(
    _ query: UnsafePointer<Float>,
    beam: Int,
    distances: RowDistances,
    scratch: inout WalkScratch
  ) throws(BadLink) {
    try unsafe begin(query, beam: beam, distances: distances, scratch: &scratch)
    try unsafe withBase { base throws(BadLink) in
      try unsafe searchLayer(query, in: base, distances: distances, scratch: &scratch)
    }
  }

  /// Walks down to the base layer and enters it with a beam of `beam` candidates.
  func begin(
    _ query: UnsafePointer<Float>,
    beam: Int,
    distances: RowDistances,
    scratch: inout WalkScratch
  ) throws(BadLink) {
    let start = try unsafe descend(query, to: 0, distances: distances, scratch: &scratch)
    scratch.pool.reset(limit: beam)
    scratch.visited.reset()
    try unsafe withBase { base throws(BadLink) in
      unsafe enterLayer(query, at: start, in: base, distances: distances, scratch: &scratch)
    }
  }

  /// Goes on from the entry point, from which every row can be reached: for a walk that has ended
  /// with fewer rows than were asked for.
  func extend(
    _ query: UnsafePointer<Float>,
    distances: RowDistances,
    scratch: inout WalkScratch
  ) throws(BadLink) {
    try unsafe withBase { base throws(BadLink) in
      unsafe enterLayer(query, at: entryRow, in: base, distances: distances, scratch: &scratch)
      try unsafe searchLayer(query, in: base, distances: distances, scratch: &scratch)
    }
  }

  /// Follows the nearest node through the layers above `layer`.
  ///
  /// - Returns: the node of `layer` from which to search it.
  func descend(
    _ query: UnsafePointer<Float>,
    to layer: Int,
    distances: RowDistances,
    scratch: inout WalkScratch
  ) throws(BadLink) -> UInt32 {
    var node = entry
    for level in Swift.stride(from: layers.count - 1, to: layer, by: -1) {
      try unsafe withUpper(level) { upper throws(BadLink) in
        scratch.pool.reset(limit: 1)
        scratch.visited.reset()
        unsafe enterLayer(query, at: node, in: upper, distances: distances, scratch: &scratch)
        try unsafe searchLayer(query, in: upper, distances: distances, scratch: &scratch)
      }
      let nearest = CandidatePool.node(scratch.pool[0])
      node = position(ofRow: row(of: nearest, in: level), in: level - 1)
    }
    return node
  }

  /// The row of a node of a layer.
  func row(of node: UInt32, in level: Int) -> UInt32 {
    layers[level].rows?[Int(node)] ?? node
  }

  /// The node that a row is in a layer which holds it.
  ///
  /// - Complexity: O(log count).
  func position(ofRow row: UInt32, in level: Int) -> UInt32 {
    guard let rows = layers[level].rows else { return row }
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return UInt32(low)
  }

  /// Calls `body` with the base layer's pointers, valid during the call.
  func withBase<Result>(
    _ body: (LayerLinks<BaseRows>) throws(BadLink) -> Result
  ) throws(BadLink) -> Result {
    let layer = layers[0]
    return try unsafe layer.links.withUnsafeBufferPointer { links throws(BadLink) in
      guard let links = links.baseAddress else { preconditionFailure("a graph has rows") }
      return try unsafe body(
        LayerLinks(nodes: BaseRows(), links: links, count: layer.count, degree: layer.degree)
      )
    }
  }

  /// Calls `body` with the pointers of a layer above the base, valid during the call.
  func withUpper<Result>(
    _ level: Int,
    _ body: (LayerLinks<ListedRows>) throws(BadLink) -> Result
  ) throws(BadLink) -> Result {
    let layer = layers[level]
    guard let rows = layer.rows else { preconditionFailure("layer \(level) is the base") }
    return try unsafe layer.links.withUnsafeBufferPointer { links throws(BadLink) in
      try unsafe rows.withUnsafeBufferPointer { rows throws(BadLink) in
        guard let links = links.baseAddress, let rows = rows.baseAddress else {
          preconditionFailure("a layer has nodes")
        }
        return try unsafe body(
          LayerLinks(
            nodes: ListedRows(rows: rows),
            links: links,
            count: layer.count,
            degree: layer.degree
          )
        )
      }
    }
  }
}
