/// Chooses diverse neighbours: Algorithm 4 of arXiv:1603.09320, without extendCandidates and
/// keepPrunedConnections, as hnswlib and faiss use it.
///
/// A candidate is taken if it is nearer to the node than to every neighbour taken before it, so that
/// links point into different directions.
@safe
struct NeighborSelection: ~Copyable {
  private let rows: UnsafeMutablePointer<UInt32>
  private let distances: UnsafeMutablePointer<Float>
  private let room: Int
  /// The candidates taken, nearest first.
  private(set) var chosen: [UInt64] = []

  /// Neighbours taken that are measured together before the candidate may be dropped.
  private static let stride = 8

  /// Makes room for up to `limit` neighbours.
  init(limit: Int) {
    room = (limit + Self.stride - 1) / Self.stride * Self.stride
    unsafe rows = .allocate(capacity: room)
    unsafe distances = .allocate(capacity: room)
    chosen.reserveCapacity(limit)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe distances.deallocate()
  }

  /// Fills ``chosen`` with up to `limit` of the candidates: keys of ``CandidatePool``, nearest to
  /// the node first, each node once.
  mutating func choose<Rows: NodeRows>(
    from candidates: some Collection<UInt64>,
    limit: Int,
    nodes: Rows,
    measuredBy measure: RowDistances
  ) {
    precondition(limit <= room, "\(limit) neighbours in room for \(room)")
    chosen.removeAll(keepingCapacity: true)
    for key in candidates {
      if chosen.count == limit { break }
      let row = nodes.row(of: CandidatePool.node(key))
      let distance = CandidatePool.distance(key)
      let vector = unsafe measure.row(row)
      var diverse = true
      var start = 0
      while diverse && start < chosen.count {
        let count = min(Self.stride, chosen.count - start)
        unsafe measure.measure(vector, rows + start, count: count, into: distances)
        for index in 0..<count where unsafe distances[index] < distance { diverse = false }
        start &+= count
      }
      guard diverse else { continue }
      unsafe rows[chosen.count] = row
      chosen.append(key & ~1)
    }
  }
}
