internal import FlatIndex
internal import IndexStore
internal import VectorCore

/// The search of an index's segments: what is asked, and how the answers are joined.
///
/// Changes leave segments of a few rows each, which cost more to ask than to read: the rows of these that
/// are found are put together in memory.
struct SegmentSearch: Sendable {
  private let units: [Unit]

  /// What is searched by itself.
  private struct Unit: Sendable {
    let index: any VectorIndex
    let takesParameters: Bool
    /// The rows of the whole, by the unit's own; `nil` where they follow ``firstRow``.
    let rows: [UInt32]?
    let firstRow: UInt32

    func row(_ own: UInt32) -> UInt32 { rows.map { $0[Int(own)] } ?? firstRow + own }
  }

  /// Rows of a segment that is put together with others.
  private static let fewest = 256

  init(_ parts: [SegmentPart]) throws {
    let found = parts.filter { $0.count > 0 }
    let small = found.filter { part in
      part.count <= Self.fewest && part.index.summary.backend == FlatBackend.name
    }
    let isGathered = Set(small.map(\.firstRow))
    var units = found.filter { !isGathered.contains($0.firstRow) }.map { part in
      Unit(
        index: part.view,
        takesParameters: part.takesParameters,
        rows: nil,
        firstRow: part.firstRow
      )
    }
    if let first = small.first { units.append(try Self.gather(small, like: first)) }
    self.units = units
  }

  /// Copies the rows that are found.
  private static func gather(_ parts: [SegmentPart], like first: SegmentPart) throws -> Unit {
    let summary = first.index.summary
    var rows: [UInt32] = []
    var values: [Float] = []
    for part in parts {
      let own = part.live?.rows ?? (0..<UInt32(part.index.summary.count)).map { $0 }
      rows += own.map { part.firstRow + $0 }
      let plain = (part.index as? AttributedIndex)?.base ?? part.index
      guard let source = plain as? any ReconstructingIndex else {
        preconditionFailure("\(FlatBackend.name) gives its vectors back")
      }
      var copy = [Float](repeating: 0, count: own.count * summary.dimension)
      var span = copy.mutableSpan
      try source.reconstruct(own.span, into: &span)
      values += copy
    }
    // They have length 1 by now where the metric wants that, and keep their bits.
    let metric: Metric = summary.metric == .cosine ? .innerProduct : summary.metric
    return Unit(
      index: try FlatBackend.makeIndex(
        over: VectorSet(values, dimension: summary.dimension),
        options: BuildOptions(metric: metric)
      ),
      takesParameters: first.takesParameters,
      rows: rows,
      firstRow: 0
    )
  }

  /// What the segments counted, added up.
  var observations: [SearchObservation] {
    var names: [String] = []
    var counts: [String: Int] = [:]
    for unit in units {
      for one in (unit.index as? any ObservedIndex)?.observations ?? [] {
        if counts[one.name] == nil { names.append(one.name) }
        counts[one.name, default: 0] += one.count
      }
    }
    return names.map { SearchObservation($0, counts[$0] ?? 0) }
  }

  /// Searches all segments for `count` queries and joins what they find.
  func nearestRows(
    to queries: Span<Float>,
    count: Int,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    var joined = NearestRows(queryCount: count, k: k)
    guard k > 0 else { return joined }
    var found: [NearestRows] = []
    for unit in units {
      found.append(
        try unit.index.nearestRows(
          to: queries,
          k: min(k, unit.index.summary.count),
          parameters: unit.takesParameters ? parameters : [:],
          threads: threads
        )
      )
    }
    var places = [Int](repeating: 0, count: found.count)
    for query in 0..<count { join(found, query, &places, into: &joined) }
    return joined
  }

  /// Merges the sorted neighbors of a query: nearest first, ties by row.
  private func join(
    _ found: [NearestRows],
    _ query: Int,
    _ places: inout [Int],
    into joined: inout NearestRows
  ) {
    for unit in found.indices { places[unit] = query * found[unit].k }
    var rank = 0
    while rank < joined.k {
      var best: (unit: Int, distance: Float, row: UInt32)?
      for unit in found.indices
      where places[unit] < query * found[unit].k + found[unit].counts[query] {
        let (distance, own) = (found[unit].distances[places[unit]], found[unit].rows[places[unit]])
        if let best, distance > best.distance { continue }
        let row = units[unit].row(own)
        if let best, distance == best.distance, row > best.row { continue }
        best = (unit, distance, row)
      }
      guard let best else { break }
      joined.rows[query * joined.k + rank] = best.row
      joined.distances[query * joined.k + rank] = best.distance
      places[best.unit] += 1
      rank += 1
    }
    joined.counts[query] = rank
  }
}
