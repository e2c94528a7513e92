internal import IndexStore
package import VectorCore

/// Which rows of the set a node stands for: one, or several with the same vector.
///
/// Copies are no nodes: they would link to each other and to nobody else.
package struct GraphNodes: Sendable {
  /// Rows in the order of the nodes, `[count of rows]`; copies follow the node's first row.
  package let rows: SharedArray<UInt32>
  /// Where the rows of each node begin, `[nodes + 1]`; `nil` where every node has one row.
  package let starts: SharedArray<UInt32>?

  /// The number of nodes.
  package var count: Int { starts.map { $0.count - 1 } ?? rows.count }

  /// The places in ``rows`` of a node's rows.
  package func places(of node: Int) -> Range<Int> {
    withExtendedLifetime(starts) {
      unsafe Self.places(of: node, beginningAt: starts?.baseAddress)
    }
  }

  /// The places of a node's rows by ``starts`` as a pointer, which counts no references: for the
  /// ranking of every query's candidates.
  @inline(__always)
  static func places(of node: Int, beginningAt starts: UnsafePointer<UInt32>?) -> Range<Int> {
    guard let starts = unsafe starts else { return node..<node + 1 }
    return unsafe Int(starts[node])..<Int(starts[node + 1])
  }

  /// The first row of every node.
  package var firstRows: [UInt32] {
    (0..<count).map { rows[places(of: $0).lowerBound] }
  }
}

/// The rows of a set without copies of earlier ones.
package struct DistinctRows: Sendable {
  /// Rows that are no copies, ascending.
  package let rows: [UInt32]
  /// For rows that have copies, those, ascending.
  package let copies: [UInt32: [UInt32]]

  /// Finds equal vectors by their checksums, and compares them.
  ///
  /// - Complexity: O(count · dimension), and O(count · log count).
  package init(of vectors: VectorSet, metric: Metric, threads: Int) throws {
    let count = vectors.count
    let dimension = vectors.dimension
    let sums = MutableMemory<UInt64>(count: count)
    try parallelFor(count, chunk: 1024, threads: threads) { _, range in
      var values = [Float](repeating: 0, count: range.count * dimension)
      var span = values.mutableSpan
      try vectors.copyRows(range, preparedFor: metric, into: &span)
      unsafe values.withUnsafeBytes { bytes in
        let size = 4 * dimension
        for row in range {
          let start = (row - range.lowerBound) * size
          unsafe sums.elements[row] = unsafe Checksum.of(
            UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
          )
        }
      }
    }
    let order = (0..<UInt32(count)).sorted {
      unsafe (sums.elements[Int($0)], $0) < (sums.elements[Int($1)], $1)
    }
    var copies: [UInt32: [UInt32]] = [:]
    var isCopy = [Bool](repeating: false, count: count)
    var start = 0
    while start < count {
      var end = start + 1
      while unsafe end < count
        && sums.elements[Int(order[end])] == sums.elements[Int(order[start])]
      {
        end += 1
      }
      if end - start > 1 {
        for (first, others) in try Self.equal(order[start..<end], of: vectors, metric) {
          copies[first] = others
          for row in others { isCopy[Int(row)] = true }
        }
      }
      start = end
    }
    self.copies = copies
    rows = (0..<UInt32(count)).filter { !isCopy[Int($0)] }
  }

  /// Groups rows of one checksum by their vectors.
  private static func equal(
    _ rows: ArraySlice<UInt32>,
    of vectors: VectorSet,
    _ metric: Metric
  ) throws -> [UInt32: [UInt32]] {
    let dimension = vectors.dimension
    let values = try vectors.subset(Array(rows)).allRows(preparedFor: metric)
    var found: [UInt32: [UInt32]] = [:]
    var firsts: [(row: UInt32, place: Int)] = []
    for (place, row) in rows.enumerated() {
      let vector = values[place * dimension..<(place + 1) * dimension]
      let twin = firsts.first {
        values[$0.place * dimension..<($0.place + 1) * dimension] == vector
      }
      if let twin { found[twin.row, default: []].append(row) } else { firsts.append((row, place)) }
    }
    return found
  }

  /// Nodes in an order of ``rows``: places in it.
  package func nodes(inOrder order: [UInt32]) -> GraphNodes {
    guard !copies.isEmpty else {
      return GraphNodes(rows: SharedArray(order.map { rows[Int($0)] }), starts: nil)
    }
    var all: [UInt32] = []
    var starts: [UInt32] = [0]
    for place in order {
      let row = rows[Int(place)]
      all.append(row)
      all += copies[row] ?? []
      starts.append(UInt32(all.count))
    }
    return GraphNodes(rows: SharedArray(all), starts: SharedArray(starts))
  }
}
