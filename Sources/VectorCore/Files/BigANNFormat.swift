/// `.fbin`, `.u8bin`, `.i8bin` and `.ibin`: the number of rows and the dimension, two unsigned
/// 32-bit integers, and the rows.
///
/// <https://big-ann-benchmarks.com>
enum BigANNFormat {
  /// The bytes before the first row.
  static let headerSize = 8

  /// Reads the header and checks it against the file's size.
  ///
  /// - Throws: ``FileError``.
  static func layout(of file: MappedFile, element: ElementKind) throws(FileError) -> MatrixLayout {
    let (rows, dimension) = try shape(of: file)
    return try MatrixLayout(
      element,
      rows: rows,
      dimension: dimension,
      offset: headerSize,
      in: file
    )
  }

  /// Finds neighbours and, where the file holds them as well, distances: a ground truth file has
  /// both, one matrix after the other.
  ///
  /// - Throws: ``FileError`` where the file's size fits neither one matrix nor two.
  static func groundTruth(
    of file: MappedFile
  ) throws(FileError) -> (neighbors: MatrixLayout, distances: MatrixLayout?) {
    let (rows, dimension) = try shape(of: file)
    let one = MatrixLayout.byteCount(rows: rows, dimension: dimension, element: .int32)
    guard let one, dimension > 0, rows > 0, file.count == headerSize + 2 * one else {
      return (try layout(of: file, element: .int32), nil)
    }
    func matrix(_ element: ElementKind, at offset: Int) -> MatrixLayout {
      MatrixLayout(
        element: element,
        count: rows,
        dimension: dimension,
        offset: offset,
        prefixed: false
      )
    }
    return (matrix(.int32, at: headerSize), matrix(.float32, at: headerSize + one))
  }

  private static func shape(of file: MappedFile) throws(FileError) -> (rows: Int, dimension: Int) {
    guard file.count >= headerSize else {
      throw FileError(
        .badData,
        path: file.path,
        place: "header",
        reason: "truncated: the header takes \(headerSize) bytes, but there are \(file.count)",
        remedy: "copy or write the file again"
      )
    }
    return (
      Int(file.load(at: 0, as: UInt32.self).littleEndian),
      Int(file.load(at: 4, as: UInt32.self).littleEndian)
    )
  }
}
