internal import CKernels
internal import IndexStore
internal import VectorCore

/// An exact index: vectors in panels, scanned whole for every query.
struct FlatIndex: StoredIndex, ReconstructingIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  let panels: Panels

  /// The file section that holds the panels.
  static let section = "panels"

  func store(in writer: inout IndexFileWriter) throws {
    try writer.write(Self.section, panels.values)
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
    let batch = HitTable.batch(k: k)
    let all = Array(copying: queries)
    for start in stride(from: 0, to: queryCount, by: batch) {
      let end = min(start + batch, queryCount)
      let scan = PanelScan(
        panels: panels,
        kernels: .best,
        metric: summary.metric,
        k: k,
        threads: threads
      )
      scan.search(all, queries: start..<end, into: &found)
    }
    return found
  }

  var scannedShare: Double { FlatBackend.scannedShare }

  func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    let dimension = summary.dimension
    for place in 0..<rows.count {
      let row = Int(rows[place])
      let lane = row / Panels.lanes * Panels.lanes * dimension + row % Panels.lanes
      for column in 0..<dimension {
        destination[place * dimension + column] = panels.values[lane + column * Panels.lanes]
      }
    }
  }
}
