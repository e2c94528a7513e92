internal import IndexStore
internal import VectorCore

/// Product-quantized vectors in cuVS's own format: nothing but a GPU can read them.
struct CuVSCodeIndex: StoredIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  private let bytes: SharedArray<UInt8>
  /// The release that wrote the bytes.
  private let release: String
  private let device: DeviceCopy

  static let section = "cuvs"
  private static let releaseNames = ["cuvs-year", "cuvs-month", "cuvs-patch"]
  /// Numbers of a batch that goes to the GPU, queries and answers each.
  private static let room = 1 << 24

  init(_ summary: IndexSummary, _ ids: VectorIDs, _ bytes: SharedArray<UInt8>, release: String) {
    self.summary = summary
    self.ids = ids
    self.bytes = bytes
    self.release = release
    device = DeviceCopy {
      let here = try CuVSLibrary.shared().version
      guard here == release else {
        throw CuVSError(
          operation: "open",
          code: .unusable,
          message: "the index was built by cuVS \(release), and this is \(here), which may read it "
            + "wrongly; build the index again, or install the other release"
        )
      }
      let file = try MemoryFile(bytes)
      return try .ivfpq(path: file.path, dimension: summary.dimension)
    }
  }

  /// Opens a stored index.
  init(_ file: IndexFile) throws {
    let count = try file.elementCount(Self.section, of: UInt8.self)
    let release = try Self.releaseNames.map { try file.attribute($0, in: 0...65_535) }
    self.init(
      file.summary,
      file.ids,
      try file.array(Self.section, of: UInt8.self, count: count),
      release: CuVSLibrary.release(release)
    )
  }

  func store(in writer: inout IndexFileWriter) throws {
    for (name, part) in zip(Self.releaseNames, release.split(separator: ".")) {
      writer.attributes[name] = Int(part) ?? 0
    }
    try writer.write(Self.section, bytes)
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let resolved = try parameters.resolved(
      against: CuVSIVFPQBackend.searchParameters,
      owner: CuVSIVFPQBackend.name
    )
    let all = Array(copying: queries)
    let count = all.count / summary.dimension
    var found = NearestRows(queryCount: count, k: k)
    guard count > 0, k > 0 else { return found }
    let plan = CuVSSearch(k: k, probes: resolved.integer("n_probes"))
    let handle = try device.handle()
    let batch = max(1, Self.room / max(summary.dimension, k))
    for start in stride(from: 0, to: count, by: batch) {
      let asked = start..<min(start + batch, count)
      let answers = try handle.search(
        all[asked.lowerBound * summary.dimension..<asked.upperBound * summary.dimension],
        plan
      )
      for (place, query) in asked.enumerated() { take(answers, place, for: query, into: &found) }
    }
    return found
  }

  /// Keeps the rows that cuVS found for a query: nearest first, ties by row.
  private func take(
    _ answers: CuVSHandle.Answers,
    _ place: Int,
    for query: Int,
    into found: inout NearestRows
  ) {
    let k = found.k
    let sign: Float = summary.metric == .squaredL2 ? 1 : -1
    let hits = (place * k..<(place + 1) * k)
      // Cells with fewer than k rows leave places that name none.
      .filter { answers.rows[$0] >= 0 && answers.rows[$0] < summary.count }
      .map { (distance: sign * answers.scores[$0], row: UInt32(answers.rows[$0])) }
      .sorted { $0 < $1 }
    for (rank, hit) in hits.enumerated() {
      found.rows[query * k + rank] = hit.row
      found.distances[query * k + rank] = hit.distance
    }
    found.counts[query] = hits.count
  }
}
