public import ArgumentParser
public import Needletail

extension FilterPlan: ExpressibleByArgument {}

/// Which vectors of an index a search may find.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Find only vectors whose attributes meet a condition, see above.",
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
    guard given != nil else { return nil }
    let count = target.rowCount
    var rows = RowFilter(count: count) { _ in true }
    if let filter {
      let predicate = try Predicate(parsing: filter)
      guard let attributes = target.index.attributeTable else {
        throw UsageError(
          "\(target.source.path) has no attributes to filter by; build it with --attributes"
        )
      }
      rows = rows.intersection(try predicate.rows(of: attributes))
    }
    if let filterIds { rows = rows.intersection(try listed(filterIds, target)) }
    if let excludeIds { rows = rows.intersection(try listed(excludeIds, target).inverted) }
    return rows
  }

  private func listed(_ path: String, _ target: SearchTarget) throws -> RowFilter {
    let words = try readIDs(path)
    let rows = target.index.ids.rows(of: words, count: target.rowCount)
    if let line = rows.firstIndex(of: nil) {
      throw FileError(
        .badData,
        path: path,
        place: "line \(line + 1)",
        reason: "no vector of \(target.source.path) has the id '\(words[line])'",
        remedy: "leave it out"
      )
    }
    return RowFilter(count: target.rowCount, rows: rows.compactMap { $0 })
  }
}
