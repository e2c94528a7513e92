/// Which lines of a file belong to which query.
///
/// Files mostly have all lines of a query together; then their order stays as it is. Otherwise
/// lines are brought together, in the order of the file within a query.
struct QuerySegments {
  private var segments: [(query: UInt32, start: Int)] = []

  /// Notes that the entry `index`, the one after the last noted, belongs to `query`.
  mutating func note(_ query: UInt32, at index: Int) {
    if segments.last?.query != query { segments.append((query, index)) }
  }

  /// The query of the last entry.
  var last: UInt32? { segments.last?.query }

  /// Brings the entries of each query together.
  ///
  /// - Parameters:
  ///   - queryCount: the number of queries, numbered as they first come.
  ///   - entryCount: the number of entries.
  /// - Returns: where each query's entries begin in their new order, and where the last one's end;
  ///   and the new order, or `nil` where it is that of the file.
  func grouped(queryCount: Int, entryCount: Int) -> (starts: [Int], order: [UInt32]?) {
    if segments.count == queryCount {
      return (segments.map(\.start) + [entryCount], nil)
    }
    let ends = segments.dropFirst().map(\.start) + [entryCount]
    var starts = [Int](repeating: 0, count: queryCount + 1)
    for (segment, end) in zip(segments, ends) {
      starts[Int(segment.query) + 1] += end - segment.start
    }
    for query in 0..<queryCount { starts[query + 1] += starts[query] }
    var next = starts
    var order = [UInt32](repeating: 0, count: entryCount)
    for (segment, end) in zip(segments, ends) {
      for entry in segment.start..<end {
        order[next[Int(segment.query)]] = UInt32(truncatingIfNeeded: entry)
        next[Int(segment.query)] += 1
      }
    }
    return (starts, order)
  }
}

extension Array {
  /// The elements in a new order; as they are where it is `nil`.
  func reordered(by order: [UInt32]?) -> [Element] {
    order.map { order in order.map { self[Int($0)] } } ?? self
  }
}
