/// Links every node to the first entry point, over however many steps.
///
/// Pruning can leave a node to which nobody links: a search would never return it. A breadth-first tree
/// from the entry point finds such nodes; each is hung below a near node that has a free place, or a
/// link that the tree does not need. Links of the tree itself are never replaced, so that what was
/// reachable stays so.
package struct Reachability: ~Copyable {
  private let links: LinksUnderConstruction
  private let root: UInt32
  /// The node by which each node was reached, or `none`; the root is its own parent.
  private var parents: [UInt32]
  /// Reached nodes in the order in which they were reached; the first `used` have no place to spare.
  private var reached: [UInt32] = []
  private var used = 0

  package init(_ links: LinksUnderConstruction, root: UInt32) {
    self.links = links
    self.root = root
    parents = Array(repeating: GraphLinks.none, count: links.count)
  }

  /// Hangs every unreached node into the tree.
  ///
  /// - Returns: how many nodes had not been reachable.
  package mutating func complete() -> Int {
    parents[Int(root)] = root
    spread(from: root)
    var repaired = 0
    for node in 0..<UInt32(links.count) where !isReached(node) {
      // Links are mutual before pruning, so that a node's own neighbors are near it.
      let near = links.links(of: Int(node))
      if !near.contains(where: { isReached($0) && link($0, to: node) }) { linkAnywhere(node) }
      repaired += 1
      spread(from: node)
    }
    return repaired
  }

  private func isReached(_ node: UInt32) -> Bool { parents[Int(node)] != GraphLinks.none }

  /// Walks breadth-first from a node just reached to those not reached yet.
  private mutating func spread(from start: UInt32) {
    var next = reached.count
    reached.append(start)
    while next < reached.count {
      let node = reached[next]
      next += 1
      let places = unsafe links[Int(node)]
      for place in 0..<links.degree {
        let link = unsafe places[place]
        if link == GraphLinks.none { break }
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
    let places = unsafe links[Int(parent)]
    let free = unsafe places.firstIndex(of: GraphLinks.none)
    let spare =
      unsafe free ?? places.lastIndex { link in parents[Int(link)] != parent || link == root }
    guard let place = spare else { return false }
    unsafe places[place] = node
    parents[Int(node)] = parent
    return true
  }
}
