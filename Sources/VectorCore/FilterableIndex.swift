/// How the rows of a filter are searched.
public enum FilterPlan: String, Sendable, CaseIterable {
  /// As should be fastest, by the number of matches and the search parameters.
  case auto
  /// Every match is compared with every query.
  case scan
  /// The index is searched: a graph is walked from match to match, others are asked for more neighbors
  /// than are wanted. A query that finds too few matches so is compared with all of them.
  case search
}

/// An index that has a way of its own to search some of its rows.
package protocol FilterableIndex: VectorIndex {
  /// The number of rows, which a filter is of.
  var rowCount: Int { get }

  /// A view of the index that finds matching rows only, and min(k, matches) of them.
  ///
  /// Its summary counts the matches; rows and ids are those of the index.
  /// - Parameters:
  ///   - filter: of as many rows as the index has.
  ///   - plan: how they are searched.
  /// - Returns: the view.
  /// - Throws: what preparing the view throws.
  func filtered(by filter: RowFilter, _ plan: FilterPlan) throws -> any VectorIndex
}

/// An index that gives its vectors back.
public protocol ReconstructingIndex: VectorIndex {
  /// Writes the vectors of some rows: as they were indexed, or what the index's codes say of them.
  ///
  /// - Parameters:
  ///   - rows: rows of the index, in any order.
  ///   - destination: `[rows.count, dimension]`, row-major.
  /// - Throws: ``FileError`` where a mapped index turns out to be corrupt.
  func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError)

  /// The share of the rows up to which it is faster to compare a query with each of them than to
  /// search the index.
  var scannedShare: Double { get }
}

extension ReconstructingIndex {
  /// The share for an index whose searches cost about the root of its size, while comparing costs as
  /// much as there are matches.
  ///
  /// At 64 roots of the count both came out as even for batches of queries and a recall of 0.95, which a
  /// filtered search has to be wide for.
  package static func scannedShare(count: Int) -> Double {
    min(0.5, 64 / Double(max(1, count)).squareRoot())
  }
}
