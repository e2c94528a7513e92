internal import CKernels
internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// An exact index whose first pass compares 8-bit codes and drops what provably cannot matter.
struct ScreenedFlatIndex: StoredIndex, ObservedIndex, ReconstructingIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  let rows: ScreenedRows
  private let counts = ScreenCounts()

  /// Queries that share a pass over the rows.
  private static let group = 252

  var observations: [SearchObservation] { counts.observations }

  init(summary: IndexSummary, ids: VectorIDs, rows: ScreenedRows) {
    self.summary = summary
    self.ids = ids
    self.rows = rows
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    _ = try parameters.resolved(against: FlatBackend.searchParameters, owner: FlatBackend.name)
    let queryCount = queries.count / summary.dimension
    var found = NearestRows(queryCount: queryCount, k: k)
    let all = Array(copying: queries)
    for start in stride(from: 0, to: queryCount, by: HitTable.batch(k: k)) {
      let batch = start..<min(start + HitTable.batch(k: k), queryCount)
      search(all, batch, k: k, threads: threads, into: &found)
    }
    return found
  }

  var scannedShare: Double { FlatBackend.scannedShare }

  func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    let exact = ExactRows(
      values: self.rows.values,
      dimension: summary.dimension,
      metric: summary.metric
    )
    exact.copy(rows, into: &destination)
  }

  /// Searches some queries of the row-major `all`.
  private func search(
    _ all: [Float],
    _ batch: Range<Int>,
    k: Int,
    threads: Int,
    into found: inout NearestRows
  ) {
    let perGroup = max(1, min(Self.group, (batch.count + threads - 1) / threads))
    let groups = (batch.count + perGroup - 1) / perGroup
    let blocks = ScreenedRows.blockCount(rows.count)
    let wanted = groups >= threads ? 1 : (threads + groups - 1) / groups
    let blocksPerPart = (blocks + wanted - 1) / wanted
    let parts = (blocks + blocksPerPart - 1) / blocksPerPart
    let table = HitTable(parts: parts, queryCount: batch.count, k: k)
    let dimension = summary.dimension

    parallelFor(groups * parts, chunk: 1, threads: threads) { _, units in
      for unit in units {
        let first = unit / parts * perGroup
        let group = first..<min(first + perGroup, batch.count)
        let range = group.lowerBound + batch.lowerBound..<group.upperBound + batch.lowerBound
        let start = unit % parts * blocksPerPart
        unsafe all.withUnsafeBufferPointer { values in
          guard let queries = values.baseAddress else { return }
          unsafe table.withHits(part: unit % parts, query: first) { hits in
            let scan = unsafe ScreenScan(
              rows,
              kernels: .best,
              all,
              range,
              queries: queries + range.lowerBound * dimension,
              hits: hits
            )
            scan.scan(start..<min(start + blocksPerPart, blocks))
            counts.add(
              screened: scan.counted.screened,
              survived: scan.counted.survived,
              unscreened: scan.counted.unscreened
            )
          }
        }
      }
    }
    let metric = summary.metric
    found.write { results in
      parallelFor(batch.count, chunk: 64, threads: threads) { _, range in
        for query in range {
          table.finish(query: query, metric: metric, into: results, at: batch.lowerBound + query)
        }
      }
    }
  }
}

/// The sections of the file: `rows`, f32 `[count, dimension]`; `codes`, u8 panels; `mean`, f32
/// `[dimension]`; and for every block of 1,024 rows one f32 of `units`, `lengths`, `errors` and
/// `norms`, see ``ScreenedRows``. The attributes `norm-mean` and `norm-weight` are bits of f32.
extension ScreenedFlatIndex {
  func store(in writer: inout IndexFileWriter) throws {
    try rows.space.store(in: &writer)
    try writer.write("units", rows.units)
    try writer.write("lengths", rows.lengths)
    try writer.write("errors", rows.errors)
    try writer.write("norms", rows.norms)
    try writer.write("codes", rows.codes)
    try writer.write("rows", rows.values)
  }

  init(_ file: IndexFile) throws {
    let summary = file.summary
    let space = try ScanSpace(file)
    let count = summary.count
    let blocks = ScreenedRows.blockCount(count)
    let bytes = CodePanels.panelCount(count) * CodePanels.panelBytes(dimension: space.dimension)
    func bounds(_ section: String) throws -> SharedArray<Float> {
      let array = try file.array(section, of: Float.self, count: blocks)
      // Not finite where rows were so large that a bound overflowed: everything survives there.
      if let block = (0..<blocks).first(where: { !(array[$0] >= 0) }) {
        throw file.corrupt(section: section, place: "entry \(block)", reason: "\(array[block])")
      }
      return array
    }
    self.init(
      summary: summary,
      ids: file.ids,
      rows: ScreenedRows(
        space: space,
        count: count,
        values: try file.array("rows", of: Float.self, count: count * summary.dimension),
        codes: try file.array("codes", of: UInt8.self, count: bytes),
        units: try bounds("units"),
        lengths: try bounds("lengths"),
        errors: try bounds("errors"),
        norms: try bounds("norms")
      )
    )
  }
}
