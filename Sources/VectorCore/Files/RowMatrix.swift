/// A matrix in memory, `[count, columns]` row-major: neighbours or distances of ground truth.
public struct RowMatrix<Element: Sendable & Equatable>: Sendable, Equatable {
  /// The elements of each row, at least 1.
  public let columns: Int
  /// All elements, row by row.
  public let values: [Element]

  /// Takes rows from memory.
  ///
  /// - Precondition: `columns` is positive and divides the number of values.
  public init(_ values: [Element], columns: Int) {
    precondition(
      columns > 0 && values.count.isMultiple(of: columns),
      "\(values.count) values are no rows of \(columns)"
    )
    self.columns = columns
    self.values = values
  }

  /// The number of rows.
  public var count: Int { values.count / columns }

  /// One row's elements.
  public subscript(row: Int) -> ArraySlice<Element> {
    values[row * columns..<(row + 1) * columns]
  }
}

/// Row numbers or ids, `[count, columns]`: the neighbours of ground truth.
public typealias IntegerRows = RowMatrix<Int>

/// Distances or scores, `[count, columns]`, as they stand in a file.
public typealias FloatRows = RowMatrix<Float>

extension RowMatrix where Element == Int {
  /// Reads neighbours: `.ivecs`, `.ibin` (also with distances behind the neighbours, as big-ann has
  /// it), `.npy` of 32- or 64-bit integers, or the dataset `neighbors` of an HDF5 file.
  ///
  /// - Parameters:
  ///   - path: the file, and for HDF5 possibly the dataset, `file.hdf5:name`.
  ///   - bounds: what every value must be in, such as the rows of a set; `nil` for any value.
  /// - Returns: all rows.
  /// - Throws: ``FileError`` for malformed files, elements that are no integers, and values out of
  ///   bounds, with row and column.
  public static func open(
    _ path: String,
    within bounds: Range<Int>? = nil
  ) throws(FileError) -> IntegerRows {
    let rows: IntegerRows
    if let (matrix, _) = try groundTruth(path) {
      rows = IntegerRows(try matrix.integers(), columns: matrix.dimension)
    } else {
      switch try StoredMatrix.open(path, dataset: "neighbors") {
      case .mapped(let matrix):
        rows = IntegerRows(try matrix.integers(), columns: matrix.dimension)
      case .hdf5(let dataset):
        rows = IntegerRows(try dataset.integers(), columns: dataset.dimension)
      }
    }
    guard let bounds, let bad = rows.values.firstIndex(where: { !bounds.contains($0) }) else {
      return rows
    }
    throw FileError(
      .badData,
      path: path,
      place: "row \(bad / rows.columns), column \(bad % rows.columns)",
      reason: "\(rows.values[bad]) is not in \(bounds.lowerBound)..<\(bounds.upperBound)",
      remedy: "check that these neighbours belong to this set"
    )
  }
}

extension RowMatrix where Element == Float {
  /// Reads distances: any file that vectors are read from, the distances of a `.ibin` ground truth,
  /// or the dataset `distances` of an HDF5 file.
  ///
  /// The values are not checked: a distance may be infinite.
  /// - Throws: ``FileError`` for malformed files.
  public static func open(_ path: String) throws(FileError) -> FloatRows {
    let source: any VectorSource
    if let (_, distances) = try groundTruth(path) {
      guard let distances else {
        throw FileError(
          .badData,
          path: path,
          reason: "holds neighbours without distances",
          remedy: "give the file of distances, such as .fbin"
        )
      }
      source = distances
    } else {
      switch try StoredMatrix.open(path, dataset: "distances") {
      case .mapped(let matrix): source = matrix
      case .hdf5(let dataset): source = HDF5Vectors(dataset)
      }
    }
    var values = [Float](repeating: 0, count: source.count * source.dimension)
    var span = values.mutableSpan
    try source.copyRows(0..<source.count, into: &span)
    return FloatRows(values, columns: source.dimension)
  }
}

/// The neighbours and distances of a `.ibin` file, or `nil` for other formats.
private func groundTruth(
  _ path: String
) throws(FileError) -> (neighbors: MappedMatrix, distances: MappedMatrix?)? {
  guard FileFormat.named(by: path) == .bigANN(.int32) else { return nil }
  let file = try MappedFile(path: path)
  let (neighbors, distances) = try BigANNFormat.groundTruth(of: file)
  return (
    MappedMatrix(file, layout: neighbors), distances.map { MappedMatrix(file, layout: $0) }
  )
}
