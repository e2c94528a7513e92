/// What a backend hands back: rows of its set with distances, nearest first.
public struct NearestRows: Sendable {
  /// The room for each query.
  public let k: Int
  /// Neighbours found for each query, `[queryCount]`.
  public var counts: [Int]
  /// Rows, `[queryCount, k]`.
  public var rows: [UInt32]
  /// Distances, `[queryCount, k]`, smaller is nearer; `-score` for inner product and cosine.
  public var distances: [Float]

  /// Makes room for `queryCount` queries with up to `k` neighbours each.
  public init(queryCount: Int, k: Int) {
    self.k = k
    counts = zeros(queryCount)
    rows = zeros(queryCount * k)
    distances = zeros(queryCount * k)
  }

  /// The ids of the rows, `[queryCount, k]`; 0 where there is none.
  func ids(in rowIDs: VectorIDs) -> [UInt64] {
    var ids: [UInt64] = []
    ids.reserveCapacity(rows.count)
    for (query, count) in counts.enumerated() {
      for place in query * k..<query * k + count { ids.append(rowIDs[rows[place]]) }
      for _ in count..<k { ids.append(0) }
    }
    return ids
  }

  /// Puts the metric's own values in the place of distances; 0 where there is no row.
  mutating func score(by metric: Metric) {
    for (query, count) in counts.enumerated() {
      for place in query * k..<query * k + count {
        distances[place] = metric.score(fromDistance: distances[place])
      }
      for place in query * k + count..<(query + 1) * k { distances[place] = 0 }
    }
  }

  /// Lets several threads fill in results, each those of its own queries.
  ///
  /// - Throws: what `body` throws.
  public mutating func write(_ body: (Writer) throws -> Void) rethrows {
    let k = k
    try unsafe counts.withUnsafeMutableBufferPointer { counts in
      try unsafe rows.withUnsafeMutableBufferPointer { rows in
        try unsafe distances.withUnsafeMutableBufferPointer { distances in
          try unsafe body(
            Writer(k: k, queryCount: counts.count, counts: counts, rows: rows, distances: distances)
          )
        }
      }
    }
  }

  /// Room for results, valid during ``write(_:)``.
  @safe
  public struct Writer: @unchecked Sendable {
    // @unchecked Sendable because every query is written by one thread.
    fileprivate let k: Int
    fileprivate let queryCount: Int
    fileprivate let counts: UnsafeMutableBufferPointer<Int>
    fileprivate let rows: UnsafeMutableBufferPointer<UInt32>
    fileprivate let distances: UnsafeMutableBufferPointer<Float>

    /// Sets the neighbour at `rank` (0 is nearest) of `query`.
    public func set(query: Int, rank: Int, row: UInt32, distance: Float) {
      precondition(rank < k && query < queryCount, "rank \(rank) of query \(query)")
      unsafe rows[query * k + rank] = row
      unsafe distances[query * k + rank] = distance
    }

    /// Sets a query's neighbours, nearest first, and their number: for kernels that have them in
    /// memory.
    public func set(
      query: Int,
      rows: UnsafePointer<UInt32>,
      distances: UnsafePointer<Float>,
      count: Int
    ) {
      precondition(count <= k && query < queryCount, "\(count) neighbours of query \(query)")
      guard let toRows = unsafe self.rows.baseAddress,
        let toDistances = unsafe self.distances.baseAddress
      else { return }
      unsafe (toRows + query * k).update(from: rows, count: count)
      unsafe (toDistances + query * k).update(from: distances, count: count)
      unsafe counts[query] = count
    }

    /// Sets how many neighbours `query` has.
    public func setCount(query: Int, _ count: Int) {
      precondition(count <= k && query < queryCount, "\(count) neighbours of query \(query)")
      unsafe counts[query] = count
    }
  }
}

/// What `Array(repeating: 0, count:)` makes, without the library's own generic code, which looks its metadata up
/// at every call: a call for one query would take 3 % longer.
@inline(__always)
private func zeros<Element: Numeric>(_ count: Int) -> [Element] {
  var array: [Element] = []
  array.reserveCapacity(count)
  for _ in 0..<count { array.append(0) }
  return array
}
