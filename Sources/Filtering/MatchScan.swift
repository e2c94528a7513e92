internal import FlatIndex
internal import IndexStore
internal import Synchronization
internal import VectorCore

/// Compares queries with every matching row of an index; gathers the rows when first asked.
final class MatchScan: Sendable {
  private let base: any ReconstructingIndex
  private let filter: RowFilter
  private let gathered = Mutex<Gathered?>(nil)

  /// Rows from which on a first pass over 8-bit codes is worth its codes.
  private static let fewestScreened = 4_096
  private static let screenedDimensions = 16...4_096

  private struct Gathered {
    /// Rows of the base, ascending, so that ties are decided as they are there.
    let rows: [UInt32]
    let index: any StoredIndex
  }

  init(_ base: any ReconstructingIndex, _ filter: RowFilter) {
    self.base = base
    self.filter = filter
  }

  /// The `k` nearest matching rows, `k` being at least 1 and at most the number of matches.
  func nearestRows(to queries: Span<Float>, k: Int, threads: Int) throws -> NearestRows {
    let gathered = try gathered(threads: threads)
    var found = try gathered.index.nearestRows(
      to: queries,
      k: k,
      parameters: [:],
      threads: threads
    )
    for place in found.rows.indices { found.rows[place] = gathered.rows[Int(found.rows[place])] }
    return found
  }

  private func gathered(threads: Int) throws -> Gathered {
    try gathered.withLock { held in
      if let held { return held }
      let rows = filter.rows
      let vectors = VectorSet(ReconstructedVectors(of: base)).subset(rows)
      // The same answers; for few rows a first pass gains nothing.
      let isScreened =
        FlatBackend.hasFastFirstPass && rows.count >= Self.fewestScreened
        && Self.screenedDimensions.contains(vectors.dimension)
      let made = Gathered(
        rows: rows,
        index: try FlatBackend.makeIndex(
          over: vectors,
          parameters: isScreened ? ["first": "int8"] : [:],
          options: BuildOptions(metric: base.summary.metric, threads: threads)
        )
      )
      held = made
      return made
    }
  }
}
