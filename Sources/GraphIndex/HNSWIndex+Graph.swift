internal import CKernels
internal import VectorCore

/// What an index is made of, for those who look at graphs rather than search them.
extension HNSWIndex {
  /// The links, also those that lie in fat rows.
  package var graph: GraphLinks {
    switch store.layout {
    case .codes(let links, _, _), .floats(let links, _): return links
    case .fat(let rows):
      let links = (0..<rows.count).flatMap { node in
        (0..<rows.degree).map { rows.link(of: node, at: $0) }
      }
      return GraphLinks(
        links: SharedArray(links),
        count: rows.count,
        degree: rows.degree,
        entries: rows.entries
      )
    }
  }

  /// The rows of the set that each node stands for.
  package var rowsByNode: [[UInt32]] {
    (0..<nodes.count).map { node in nodes.places(of: node).map { nodes.rows[$0] } }
  }

  /// What a walk for `query`, `[dimension]`, knows at a node of a fat layout: the node's own score,
  /// and an estimate for each neighbor; `nil` in other layouts.
  package func estimates(
    at node: Int,
    for query: [Float]
  ) -> (own: Float, neighbors: [(node: UInt32, score: Float)])? {
    guard case .fat(let rows) = store.layout, let codes = unsafe store.entryCodes.baseAddress,
      let layout = unsafe rows.layout(codes)
    else { return nil }
    let slots = SearchSlots(self)
    let forms = unsafe slots.prepared(1, for: self)[0].forms
    var waiting = 0..<1
    _ = unsafe slots.block.next(of: &waiting, query, querySpace, into: forms)
    var orders = [UInt32](repeating: 0, count: rows.degree + 16)
    var nodes = orders
    var own: Float = 0
    let found: Int = withExtendedLifetime(slots) {
      guard var fat = unsafe forms.pointee.walked.fat else { return 0 }
      let row = unsafe layout.rows + node * layout.rowBytes
      let none = unsafe needle_fat_ahead(first: nil, second: nil)
      return unsafe layout.score(row, layout.shape, &fat, .max, none, &own, &orders, &nodes)
    }
    let neighbors = (0..<found).filter { nodes[$0] != GraphLinks.none }.map { place in
      // The distance whose order this is, see `needle_distance_order`.
      let order = orders[place]
      let bits = order & 0x8000_0000 == 0 ? ~order : order ^ 0x8000_0000
      return (node: nodes[place], score: -Float(bitPattern: bits))
    }
    return (own, neighbors)
  }
}

extension FatRows {
  /// The node in a place of a row, or ``GraphLinks/none``.
  fileprivate func link(of node: Int, at place: Int) -> UInt32 {
    let size = Int(needle_fat_block) * (codebook.groups / 2 + 8)
    let block = node * rowBytes + width + place / Int(needle_fat_block) * size
    let start = block + size - Int(needle_fat_block) * 4 + place % Int(needle_fat_block) * 4
    return (0..<4).reduce(0) { $0 | UInt32(rows[start + $1]) << (8 * UInt32($1)) }
  }
}
