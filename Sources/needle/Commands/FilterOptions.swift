public import ArgumentParser
public import Needletail

extension FilterPlan: ExpressibleByArgument {}

/// Which vectors of an index a search may find.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Find only vectors whose attributes meet a condition, see 'needle search'.",
      valueName: "condition"
    )
  )
  var filter: String?

  @Option(help: ArgumentHelp("Find only vectors with these ids, one a line.", valueName: "file"))
  var filterIds: String?

  @Option(help: ArgumentHelp("Find no vector with these ids, one a line.", valueName: "file"))
  var excludeIds: String?

  @Option(
    help:
      "Search by comparing all matches (scan), by the index (search), or as is faster (default: auto)."
  )
  var filterPlan: FilterPlan?

  func validate() throws {
    guard filterPlan == nil || given != nil else {
      throw ValidationError("--filter-plan is for --filter, --filter-ids and --exclude-ids")
    }
  }

  /// The first of the options that was given; `nil` where a search may find all vectors.
  var given: String? {
    [("--filter", filter), ("--filter-ids", filterIds), ("--exclude-ids", excludeIds)]
      .first { $0.1 != nil }?.0
  }

  /// The rows of an index that may be found; `nil` for all.
  ///
  /// - Throws: ``Filtering/PredicateError`` for a condition that cannot be asked, ``UsageError`` for an
  ///   index without attributes, ``VectorCore/FileError`` for ids that the index does not have.
  func rows(of target: SearchTarget) throws -> RowFilter? {
    try rows(
      of: target.index.ids,
      target.index.attributeTable,
      count: target.rowCount,
      path: target.source.path,
      remedy: "build it with --attributes"
    )
  }

  /// The same of vectors with ids and attributes.
  func rows(
    of ids: VectorIDs,
    _ attributes: AttributeTable?,
    count: Int,
    path: String,
    remedy: String
  ) throws -> RowFilter? {
    guard given != nil else { return nil }
    var rows = RowFilter(count: count) { _ in true }
    if let filter {
      let predicate = try Predicate(parsing: filter)
      guard let attributes else {
        throw UsageError("\(path) has no attributes to filter by; \(remedy)")
      }
      rows = rows.intersection(try predicate.rows(of: attributes))
    }
    func listed(_ list: String) throws -> RowFilter {
      try self.listed(list, ids, count: count, path: path)
    }
    if let filterIds { rows = rows.intersection(try listed(filterIds)) }
    if let excludeIds { rows = rows.intersection(try listed(excludeIds).inverted) }
    return rows
  }

  private func listed(
    _ list: String,
    _ ids: VectorIDs,
    count: Int,
    path: String
  ) throws -> RowFilter {
    let words = try readIDs(list)
    let rows = ids.rows(of: words, count: count)
    if let line = rows.firstIndex(of: nil) {
      throw FileError(
        .badData,
        path: list,
        place: "line \(line + 1)",
        reason: "no vector of \(path) has the id '\(words[line])'",
        remedy: "leave it out"
      )
    }
    return RowFilter(count: count, rows: rows.compactMap { $0 })
  }
}
