internal import IndexStore
public import VectorCore

extension VectorIndex {
  /// A view of the index that finds rows of a filter only.
  ///
  /// It finds min(k, matches) neighbors of each query, whatever the filter. What is prepared for the
  /// filter is kept by the view, so that one view should answer all queries of a filter. Its
  /// `observations` say how many queries went by which plan: compared with all matches
  /// (`filter_scanned`), or found by walking the graph (`filter_walked`) or by asking for more
  /// neighbors than are wanted (`filter_widened`).
  /// - Parameters:
  ///   - filter: of as many rows as the index has.
  ///   - plan: how these are searched; answers of an index that is not exact depend on it.
  /// - Returns: the view; its summary counts the matches, rows and ids are those of the index.
  /// - Throws: ``VectorCore/IndexError`` for a filter of another number of rows; ``VectorCore/FileError``
  ///   where an index in a file turns out to be corrupt.
  /// - Complexity: O(rows) once for a graph; memory for the matching vectors where they are compared
  ///   one by one and the index is no graph.
  public func matching(
    _ filter: RowFilter,
    plan: FilterPlan = .auto
  ) throws -> any VectorIndex {
    let rows = (self as? any FilterableIndex)?.rowCount ?? summary.count
    guard filter.count == rows else {
      throw IndexError.invalidParameter(
        name: "filter",
        value: "of \(filter.count) rows",
        allowed: "of the index's \(rows)"
      )
    }
    switch self {
    case let tuned as TunedIndex:
      return TunedView(tuned: tuned, view: try tuned.base.matching(filter, plan: plan))
    case let index as AttributedIndex: return try index.base.matching(filter, plan: plan)
    case let index as any FilterableIndex: return try index.filtered(by: filter, plan)
    case let index as any ReconstructingIndex: return FilteredIndex(index, filter, plan)
    default:
      throw IndexError.invalidParameter(
        name: "filter",
        value: "for \(summary.backend)",
        allowed: "backends that can search some of their rows"
      )
    }
  }
}

/// A view of a tuned index, searched with the setting that the index would be.
private struct TunedView: VectorIndex, ObservedIndex {
  let tuned: TunedIndex
  let view: any VectorIndex

  var summary: IndexSummary { view.summary }
  var ids: VectorIDs { view.ids }
  var observations: [SearchObservation] { (view as? any ObservedIndex)?.observations ?? [] }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try view.nearestRows(
      to: queries,
      k: k,
      parameters: tuned.searchParameters(parameters, k: max(1, k)),
      threads: threads
    )
  }
}
