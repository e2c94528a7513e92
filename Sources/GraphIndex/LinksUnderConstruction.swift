internal import VectorCore

/// Links that are being written, those of a node by one thread.
package struct LinksUnderConstruction: Sendable {
  package let count: Int
  package let degree: Int
  private let memory: MutableMemory<UInt32>
  private let rows: SharedArray<UInt32>

  package init(count: Int, degree: Int) {
    self.count = count
    self.degree = degree
    memory = MutableMemory(count: count * degree)
    unsafe memory.elements.update(repeating: GraphLinks.none)
    rows = memory.frozen()
  }

  /// The links as they stand: shares the memory being written.
  var frozen: SharedArray<UInt32> { rows }

  /// The places of a node's links, to be written by one thread alone.
  package subscript(node: Int) -> UnsafeMutableBufferPointer<UInt32> {
    unsafe UnsafeMutableBufferPointer(
      rebasing: memory.elements[node * degree..<(node + 1) * degree]
    )
  }

  /// The links of a node.
  package func links(of node: Int) -> [UInt32] {
    unsafe Array(self[node].prefix { $0 != GraphLinks.none })
  }

  /// For each node, ascending, the nodes that link to it.
  package func reversed() -> (starts: [Int], sources: [UInt32]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for place in 0..<count * degree where rows[place] != GraphLinks.none {
      starts[Int(rows[place]) + 1] += 1
    }
    for node in 0..<count { starts[node + 1] += starts[node] }
    var next = starts
    var sources = [UInt32](repeating: 0, count: starts[count])
    for place in 0..<count * degree where rows[place] != GraphLinks.none {
      let target = Int(rows[place])
      sources[next[target]] = UInt32(place / degree)
      next[target] += 1
    }
    return (starts, sources)
  }
}
