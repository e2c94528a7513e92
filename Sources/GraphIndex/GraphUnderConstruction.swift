internal import IndexStore
internal import VectorCore

/// A graph whose links are being written.
///
/// Reading and writing alternate: while a batch of nodes is searched for, only links of nodes that
/// cannot be reached yet are written; while links back are merged, nobody searches, and each node's
/// links are written by one worker.
struct GraphUnderConstruction: Sendable {
  private let links: [MutableMemory<UInt32>]
  /// The graph as it stands: shares the memory being written.
  let graph: HNSWGraph

  init(count: Int, assignment: LayerAssignment, M: Int) {
    let rows: [[UInt32]?] = [nil] + assignment.rowsAbove
    var links: [MutableMemory<UInt32>] = []
    var layers: [GraphLayer] = []
    for rows in rows {
      let degree = rows == nil ? 2 * M : M
      let count = rows?.count ?? count
      let memory = MutableMemory<UInt32>(count: count * degree)
      unsafe memory.elements.update(repeating: GraphLayer.none)
      links.append(memory)
      layers.append(
        GraphLayer(
          rows: rows.map { SharedArray($0) },
          links: memory.frozen(),
          count: count,
          degree: degree
        )
      )
    }
    self.links = links
    // The lowest row of the top layer: node 0 there.
    graph = HNSWGraph(layers: layers, entry: 0)
  }

  /// The links of one node, to be written by one worker alone.
  func links(of node: UInt32, in layer: Int) -> UnsafeMutableBufferPointer<UInt32> {
    let degree = graph.layers[layer].degree
    let start = Int(node) * degree
    return unsafe UnsafeMutableBufferPointer(
      rebasing: links[layer].elements[start..<start + degree]
    )
  }
}
