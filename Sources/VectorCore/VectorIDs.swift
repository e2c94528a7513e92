/// The ids of a set's vectors: their row numbers, or one unsigned 64-bit number each.
public struct VectorIDs: Sendable, Equatable {
  /// One id per row, or `nil` where the id is the row number.
  public let explicit: [UInt64]?

  /// Every vector's id is its row number.
  public static let rowNumbers = VectorIDs(unchecked: nil)

  /// Takes one id per row.
  ///
  /// - Throws: ``IndexError/duplicateID(id:firstRow:secondRow:)``.
  /// - Complexity: O(n) time and memory.
  public init(_ ids: [UInt64]) throws(IndexError) {
    var rowOf: [UInt64: Int] = [:]
    rowOf.reserveCapacity(ids.count)
    for (row, id) in ids.enumerated() {
      if let first = rowOf.updateValue(row, forKey: id) {
        throw .duplicateID(id: id, firstRow: first, secondRow: row)
      }
    }
    explicit = ids
  }

  /// Takes ids that are known to be unique, as those of a verified index file.
  public init(unchecked ids: [UInt64]?) { explicit = ids }

  /// The id of the vector at `row`.
  @inlinable
  public subscript(row: UInt32) -> UInt64 { explicit?[Int(row)] ?? UInt64(row) }

  /// The ids of some rows, in their order.
  public func subset(_ rows: [UInt32]) -> VectorIDs {
    VectorIDs(unchecked: rows.map { self[$0] })
  }
}
