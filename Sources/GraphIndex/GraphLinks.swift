package import VectorCore

/// A directed graph: for each node, links to others.
package struct GraphLinks: Sendable {
  /// `[count, degree]`: nodes, filled up with ``none``.
  package let links: SharedArray<UInt32>
  /// The number of nodes.
  package let count: Int
  /// The most links a node can have.
  package let degree: Int
  /// Nodes at which walks begin; every node can be reached from the first.
  package let entries: EntryPoints

  /// What stands in the unused places of a node's links.
  package static let none = UInt32.max

  /// The links of one node.
  package func neighbors(of node: Int) -> [UInt32] {
    (0..<degree).map { links[node * degree + $0] }.filter { $0 != Self.none }
  }
}
