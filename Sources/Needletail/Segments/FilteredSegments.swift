internal import Filtering
internal import IndexStore
internal import VectorCore

/// A snapshot of a segmented index of which only some rows are found.
///
/// A type of its own, not an index: it cannot follow the changes of one, which its filter does not know.
struct FilteredSegments: VectorIndex, ObservedIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  private let segments: SegmentSearch

  init(_ parts: [SegmentPart], of index: SegmentedIndex) throws {
    summary = index.summary.counting(parts.reduce(0) { $0 + $1.count })
    ids = index.ids
    segments = try SegmentSearch(parts)
  }

  var observations: [SearchObservation] { segments.observations }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try segments.nearestRows(
      to: queries,
      count: queries.count / summary.dimension,
      k: k,
      parameters: parameters,
      threads: threads
    )
  }
}
