internal import IndexStore
package import VectorCore

/// One layer of the graph: for each of its nodes, links to other nodes of the layer.
///
/// A node is named by its position in the layer. In the base layer that is its row; a higher layer
/// lists the rows of its nodes, ascending.
package struct GraphLayer: Sendable {
  /// Rows of the layer's nodes, `[count]`, or `nil` in the base layer.
  package let rows: SharedArray<UInt32>?
  /// `[count, degree]`: positions in this layer, filled up with ``none``.
  package let links: SharedArray<UInt32>
  /// The number of nodes.
  package let count: Int
  /// The most links a node can have: 2·M in the base layer, M above.
  package let degree: Int

  /// What stands in the unused places of a node's links.
  package static let none = UInt32.max

  /// The links of one node.
  package func neighbors(of node: Int) -> [UInt32] {
    (0..<degree).map { links[node * degree + $0] }.filter { $0 != Self.none }
  }
}

/// How a layer names the rows of its nodes; lets one walk serve base and upper layers, each
/// specialised by the compiler.
protocol NodeRows {
  /// The row of a node.
  func row(of node: UInt32) -> UInt32

  /// The rows of some nodes: `room`, filled with them, or the nodes where they are their rows.
  func rows(
    of nodes: UnsafePointer<UInt32>,
    count: Int,
    room: UnsafeMutablePointer<UInt32>
  ) -> UnsafePointer<UInt32>
}

/// The base layer: a node is its row.
struct BaseRows: NodeRows {
  @inline(__always)
  func row(of node: UInt32) -> UInt32 { node }

  @inline(__always)
  func rows(
    of nodes: UnsafePointer<UInt32>,
    count: Int,
    room: UnsafeMutablePointer<UInt32>
  ) -> UnsafePointer<UInt32> { unsafe nodes }
}

/// A higher layer: rows are listed.
@unsafe
struct ListedRows: @unsafe NodeRows {
  let rows: UnsafePointer<UInt32>

  @inline(__always)
  func row(of node: UInt32) -> UInt32 { unsafe rows[Int(node)] }

  @inline(__always)
  func rows(
    of nodes: UnsafePointer<UInt32>,
    count: Int,
    room: UnsafeMutablePointer<UInt32>
  ) -> UnsafePointer<UInt32> {
    for index in 0..<count { unsafe room[index] = row(of: nodes[index]) }
    return unsafe UnsafePointer(room)
  }
}

/// A layer as plain pointers, while it is walked; valid while its owner is alive.
@unsafe
struct LayerLinks<Rows: NodeRows> {
  let nodes: Rows
  let links: UnsafePointer<UInt32>
  let count: Int
  let degree: Int
}
