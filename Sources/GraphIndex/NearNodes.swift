internal import IndexStore
internal import VectorCore

/// For each node, nodes that lie near it: what its links are first chosen from.
struct NearNodes: Sendable {
  /// `[count, width]`: the nearest nodes, or what a graph that was given lists, in any order and also with
  /// repetitions and the node itself.
  let nodes: SharedArray<UInt32>
  /// Numbers of each node; 0 for a single node.
  let width: Int

  /// What a graph of one node begins with.
  static let ofOne = NearNodes(nodes: SharedArray([]), width: 0)

  /// The places in ``nodes`` of one node's numbers.
  func places(of node: Int) -> Range<Int> { node * width..<(node + 1) * width }
}

extension NearNodes {
  /// Renumbers lists of rows.
  ///
  /// - Parameters:
  ///   - lists: rows, `[count of rows, width]`.
  ///   - width: rows of each row.
  ///   - rowOfNode: for each node, the row whose list it takes.
  ///   - nodeOfRow: for each row, the node that stands for it.
  init(
    _ lists: SharedArray<UInt32>,
    width: Int,
    rowOfNode: [UInt32],
    nodeOfRow: MutableMemory<UInt32>
  ) {
    let renumbered = MutableMemory<UInt32>(count: rowOfNode.count * width)
    for (node, row) in rowOfNode.enumerated() {
      for rank in 0..<width {
        let listed = Int(lists[Int(row) * width + rank])
        unsafe renumbered.elements[node * width + rank] = nodeOfRow.elements[listed]
      }
    }
    self.init(nodes: renumbered.frozen(), width: width)
  }

  /// Takes the lists of the nodes' first rows; copies of a row are the same node.
  ///
  /// A node of which nothing but copies is listed begins with whoever lists it, and finds others in the
  /// second pass.
  init(_ given: NeighborLists, of nodes: GraphNodes) {
    let nodeOfRow = MutableMemory<UInt32>(count: given.count)
    for node in 0..<nodes.count {
      for place in nodes.places(of: node) {
        unsafe nodeOfRow.elements[Int(nodes.rows[place])] = UInt32(node)
      }
    }
    self.init(
      given.rows,
      width: given.width,
      rowOfNode: nodes.firstRows,
      nodeOfRow: nodeOfRow
    )
  }
}
