internal import VectorCore

/// Links every row of the base layer to the entry point, over however many steps.
///
/// Pruning can leave a node to which nobody links, duplicates above all: a search would never
/// return it. A breadth-first tree from the entry point finds such nodes; each is hung below a near
/// node that has a free place, or a link that the tree does not need. Links of the tree itself are
/// never replaced, so that what was reachable stays so.
struct Reachability: ~Copyable {
  private let construction: GraphUnderConstruction
  private let degree: Int
  private let count: Int
  /// The node by which each node was reached, or `none`; the root is its own parent.
  private var parents: [UInt32]
  /// Reached nodes in the order in which they were reached; the first `used` have no place to spare.
  private var reached: [UInt32] = []
  private var used = 0

  init(_ construction: GraphUnderConstruction) {
    self.construction = construction
    degree = construction.graph.layers[0].degree
    count = construction.graph.layers[0].count
    parents = Array(repeating: GraphLayer.none, count: count)
  }

  /// Hangs every unreached node into the tree.
  ///
  /// - Parameter candidates: for a node, others near to it, nearest first.
  /// - Returns: how many nodes had not been reachable.
  mutating func complete(candidates: (UInt32) -> [UInt32]) -> Int {
    let root = construction.graph.entryRow
    parents[Int(root)] = root
    spread(from: root)
    var repaired = 0
    for node in 0..<UInt32(count) where !isReached(node) {
      if !candidates(node).contains(where: { isReached($0) && link($0, to: node) }) {
        linkAnywhere(node)
      }
      repaired += 1
      spread(from: node)
    }
    return repaired
  }

  private func isReached(_ node: UInt32) -> Bool { parents[Int(node)] != GraphLayer.none }

  /// Walks breadth-first from a node just reached to those not reached yet.
  private mutating func spread(from start: UInt32) {
    var next = reached.count
    reached.append(start)
    while next < reached.count {
      let node = reached[next]
      next += 1
      let links = unsafe construction.links(of: node, in: 0)
      for place in 0..<degree {
        let link = unsafe links[place]
        if link == GraphLayer.none { break }
        if isReached(link) { continue }
        parents[Int(link)] = node
        reached.append(link)
      }
    }
  }

  /// Hangs a node below the first reached node with a place to spare.
  ///
  /// One exists: the tree needs fewer places than there are nodes, and each node has several.
  private mutating func linkAnywhere(_ node: UInt32) {
    while !link(reached[used], to: node) { used += 1 }
  }

  /// Links `node` from `parent` in a free place, or in that of the last link that is not part of
  /// the tree; returns whether there was one.
  private mutating func link(_ parent: UInt32, to node: UInt32) -> Bool {
    let links = unsafe construction.links(of: parent, in: 0)
    let free = unsafe links.firstIndex(of: GraphLayer.none)
    let spare =
      unsafe free
      ?? links.lastIndex { link in
        parents[Int(link)] != parent || link == construction.graph.entryRow
      }
    guard let place = spare else { return false }
    unsafe links[place] = node
    parents[Int(node)] = parent
    return true
  }
}
