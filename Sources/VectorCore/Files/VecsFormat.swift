/// `.fvecs`, `.bvecs` and `.ivecs`: each row is its dimension, a 32-bit integer, and its elements.
///
/// <http://corpus-texmex.irisa.fr>
enum VecsFormat {
  /// Reads the first row's dimension, and checks that the file holds whole rows.
  ///
  /// The dimensions of the other rows are checked when the rows are read: looking at each now would
  /// read the whole file once more.
  /// - Throws: ``FileError``.
  static func layout(of file: MappedFile, element: ElementKind) throws(FileError) -> MatrixLayout {
    guard file.count >= 4 else {
      throw FileError(
        .badData,
        path: file.path,
        place: "row 0, byte 0",
        reason: "truncated: the first row's dimension takes 4 bytes, but there are \(file.count)",
        remedy: "copy or write the file again"
      )
    }
    let dimension = Int(file.load(at: 0, as: Int32.self).littleEndian)
    guard dimension > 0 else {
      throw wrongDimension(dimension, in: file, reason: "at least 1 is needed")
    }
    let stride = 4 + dimension * element.size
    guard file.count >= stride else {
      throw wrongDimension(
        dimension,
        in: file,
        reason: "such a row takes \(stride) bytes, but the file has \(file.count)"
      )
    }
    let layout = MatrixLayout(
      element: element,
      count: file.count / stride,
      dimension: dimension,
      offset: 4,
      prefixed: true
    )
    guard file.count.isMultiple(of: stride) else { throw partialRow(in: file, layout: layout) }
    return layout
  }

  /// Checks the dimension that stands in front of a row.
  ///
  /// - Throws: ``FileError`` where it differs from the first row's.
  static func checkPrefix(
    of row: Int,
    in file: MappedFile,
    layout: MatrixLayout
  ) throws(FileError) {
    let place = row * layout.stride
    let dimension = file.load(at: place, as: Int32.self).littleEndian
    guard dimension != layout.dimension else { return }
    throw FileError(
      .badData,
      path: file.path,
      place: "row \(row), byte \(place)",
      reason: "dimension \(dimension), but row 0 has \(layout.dimension)",
      remedy: "all rows must have one dimension; write the file again"
    )
  }

  private static func wrongDimension(
    _ dimension: Int,
    in file: MappedFile,
    reason: String
  ) -> FileError {
    let swapped = Int32(truncatingIfNeeded: dimension).byteSwapped
    let bigEndian = swapped > 0 && swapped <= 65_536
    return FileError(
      .badData,
      path: file.path,
      place: "row 0, byte 0",
      reason: "dimension \(dimension); \(reason)",
      remedy: bigEndian
        ? "the file may be big-endian; write it in little-endian order"
        : "check that this is a vecs file, and whole"
    )
  }

  /// The size is no multiple of the first row's: a row in between may have another dimension, or
  /// the last may be cut off.
  private static func partialRow(in file: MappedFile, layout: MatrixLayout) -> FileError {
    do {
      for row in 0..<layout.count { try checkPrefix(of: row, in: file, layout: layout) }
      if file.count - layout.count * layout.stride >= 4 {
        try checkPrefix(of: layout.count, in: file, layout: layout)
      }
    } catch {
      return error
    }
    let whole = layout.count * layout.stride
    return FileError(
      .badData,
      path: file.path,
      place: "row \(layout.count), byte \(whole)",
      reason: "truncated: a row takes \(layout.stride) bytes, but \(file.count - whole) are left; "
        + "the file has \(file.count) bytes and needs \(whole + layout.stride)",
      remedy: "copy or write the file again"
    )
  }
}
