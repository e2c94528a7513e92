internal import Filtering
internal import IndexStore
internal import VectorCore

/// One segment of an index that changes, and which of its rows are found.
struct SegmentPart: Sendable {
  /// What the manifest says of it.
  let segment: SegmentManifest.Segment
  let index: any StoredIndex
  /// The rows that may be found; `nil` for all.
  let live: RowFilter?
  /// The index, or a view of those rows.
  let view: any VectorIndex
  let firstRow: UInt32
  /// Whether the segment takes the search parameters of the index.
  let takesParameters: Bool

  init(
    _ segment: SegmentManifest.Segment,
    _ index: any StoredIndex,
    live: RowFilter?,
    _ plan: FilterPlan = .auto,
    firstRow: UInt32,
    isLarge: Bool
  ) throws {
    self.segment = segment
    self.index = index
    self.live = live
    view = try live.map { try index.matching($0, plan: plan) } ?? index
    self.firstRow = firstRow
    takesParameters = isLarge
  }

  /// The same, from another row of the whole on.
  init(_ part: SegmentPart, firstRow: UInt32) {
    (segment, index, live, view) = (part.segment, part.index, part.live, part.view)
    takesParameters = part.takesParameters
    self.firstRow = firstRow
  }

  var count: Int { live?.matches ?? index.summary.count }
}
