internal import FlatIndex
internal import IndexStore
internal import VectorCore

/// Vectors with or without a graph: a GPU proposes rows, the host scores them.
///
/// Scores are those of `flat`, and ties go by row; which rows are proposed is cuVS's affair, and may
/// depend on its release, the GPU and the size of a batch.
struct CuVSVectorIndex: StoredIndex, NeighborListing {
  let summary: IndexSummary
  let ids: VectorIDs
  private let rows: ExactRows
  private let graph: CagraGraph?
  private let device: DeviceCopy

  /// The file section that holds the vectors as the metric wants them, `[count, dimension]`.
  static let section = "vectors"
  /// Rows that are proposed beyond k where all are compared: single precision has other ties there.
  private static let spare = 16
  /// Numbers of a batch that goes to the GPU, queries and answers each.
  private static let room = 1 << 24

  init(_ summary: IndexSummary, _ ids: VectorIDs, _ rows: ExactRows, _ graph: CagraGraph?) {
    self.summary = summary
    self.ids = ids
    self.rows = rows
    self.graph = graph
    device = DeviceCopy {
      guard let graph else {
        return try .flat(rows.values, dimension: rows.dimension, metric: rows.metric)
      }
      return try .cagra(
        rows.values,
        dimension: rows.dimension,
        metric: rows.metric,
        graph: graph.links,
        degree: graph.degree
      )
    }
  }

  /// Opens a stored index.
  init(_ file: IndexFile, graph: CagraGraph?) throws {
    let summary = file.summary
    let values = try file.array(
      Self.section,
      of: Float.self,
      count: summary.count * summary.dimension
    )
    self.init(
      summary,
      file.ids,
      ExactRows(values: values, dimension: summary.dimension, metric: summary.metric),
      graph
    )
  }

  func store(in writer: inout IndexFileWriter) throws {
    try writer.write(Self.section, rows.values)
    try graph?.store(in: &writer)
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let dimension = summary.dimension
    let all = Array(copying: queries)
    let count = all.count / dimension
    var found = NearestRows(queryCount: count, k: k)
    let plan = try plan(k: k, parameters)
    guard count > 0, k > 0 else { return found }
    let handle = try device.handle()
    let batch = max(1, Self.room / max(dimension, plan.k))
    for start in stride(from: 0, to: count, by: batch) {
      let asked = start..<min(start + batch, count)
      let values = all[asked.lowerBound * dimension..<asked.upperBound * dimension]
      let proposed = try handle.search(values, plan)
      found.write { writer in
        parallelFor(asked.count, chunk: 16, threads: threads) { _, range in
          for place in range {
            let start = values.startIndex + place * dimension
            let nearest = nearest(
              k,
              of: proposed.rows[place * plan.k..<(place + 1) * plan.k],
              to: values[start..<start + dimension].span
            )
            for (rank, one) in nearest.enumerated() {
              writer.set(
                query: asked.lowerBound + place,
                rank: rank,
                row: one.row,
                distance: one.distance
              )
            }
            writer.setCount(query: asked.lowerBound + place, nearest.count)
          }
        }
      }
    }
    return found
  }

  /// The search that parameters ask for.
  private func plan(k: Int, _ parameters: Parameters) throws(IndexError) -> CuVSSearch {
    guard graph != nil else {
      _ = try parameters.resolved(
        against: CuVSFlatBackend.searchParameters,
        owner: CuVSFlatBackend.name
      )
      return CuVSSearch(k: min(rows.count, k + Self.spare))
    }
    let resolved = try parameters.resolved(
      against: CuVSCagraBackend.searchParameters,
      owner: CuVSCagraBackend.name
    )
    return CuVSSearch(
      k: k,
      itopkSize: max(k, resolved.integer("itopk_size")),
      searchWidth: resolved.integer("search_width")
    )
  }

  /// The nearest of the rows that are proposed for a query, by their own scores.
  private func nearest(
    _ k: Int,
    of proposed: ArraySlice<Int64>,
    to query: Span<Float>
  ) -> [(row: UInt32, distance: Float)] {
    // A graph may find fewer than k, and may name a row twice.
    let known = Set(proposed.filter { $0 >= 0 && $0 < rows.count }.map { UInt32($0) }).sorted()
    let scores = rows.scores(of: known, to: query)
    // Rows rise, and equal scores keep their order.
    let order = known.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(k).map { place in
      (known[place], summary.metric.distance(fromNearness: scores[place]))
    }
  }

  var scannedShare: Double { graph == nil ? 0.5 : Self.scannedShare(count: summary.count) }

  var neighborLists: NeighborLists? {
    graph.map { NeighborLists($0.links, width: $0.degree) }
  }

  func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    self.rows.copy(rows, into: &destination)
  }
}
