public import VectorCore

/// For each row of a set, rows that lie near it: what a graph can be built from without searching for
/// them.
public struct NeighborLists: Sendable {
  /// Row numbers, `[count, width]` row-major: in any order, also with repetitions and the row itself.
  public let rows: SharedArray<UInt32>
  /// Row numbers of each row, at least 1.
  public let width: Int

  /// The number of rows that have a list.
  public var count: Int { rows.count / width }

  /// Takes lists from memory.
  ///
  /// - Precondition: `width` is positive and divides the numbers, each of which is below their quotient.
  /// - Complexity: O(count · width).
  public init(_ rows: SharedArray<UInt32>, width: Int) {
    precondition(
      width > 0 && rows.count.isMultiple(of: width),
      "\(rows.count) numbers are no lists of \(width)"
    )
    let count = rows.count / width
    for place in 0..<rows.count {
      precondition(rows[place] < count, "row \(rows[place]) of \(count)")
    }
    self.rows = rows
    self.width = width
  }
}

/// An index that may know rows near each of its rows.
package protocol NeighborListing: ReconstructingIndex {
  /// What the index is a graph of; `nil` where it is none.
  var neighborLists: NeighborLists? { get }
}
