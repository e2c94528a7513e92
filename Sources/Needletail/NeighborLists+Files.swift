public import IndexStore
public import VectorCore

extension NeighborLists {
  /// Reads the lists of a set's vectors.
  ///
  /// - Parameters:
  ///   - path: row numbers, `[count, width]`, as ``VectorCore/RowMatrix/open(_:within:)`` reads them.
  ///   - count: the vectors of the set.
  /// - Throws: ``VectorCore/FileError`` for a malformed file, lists of more or fewer vectors, and numbers
  ///   that are no rows of the set.
  public init(contentsOf path: String, count: Int) throws(FileError) {
    let matrix = try IntegerRows.open(path, within: 0..<count)
    guard matrix.count == count else {
      throw FileError(
        .badData,
        path: path,
        reason: "holds neighbors of \(matrix.count) vectors, but the set has \(count)",
        remedy: "give those of this set, in the order of its vectors"
      )
    }
    let rows = MutableMemory<UInt32>(count: matrix.values.count)
    for (place, row) in matrix.values.enumerated() {
      unsafe rows.elements[place] = UInt32(row)
    }
    self.init(rows.frozen(), width: matrix.columns)
  }
}
