/// Where the rows of a matrix lie in a file.
struct MatrixLayout: Sendable, Equatable {
  /// The type of the elements.
  let element: ElementKind
  /// The number of rows.
  let count: Int
  /// The elements of each row, at least 1.
  let dimension: Int
  /// The offset of the first row's first element.
  let offset: Int
  /// Whether each row comes behind its dimension, a 32-bit integer.
  let prefixed: Bool

  /// The bytes from one row to the next.
  var stride: Int { dimension * element.size + (prefixed ? 4 : 0) }

  /// The bytes behind `offset` that rows without prefixes take, or `nil` where that is no `Int`.
  static func byteCount(rows: Int, dimension: Int, element: ElementKind) -> Int? {
    let (elements, overflow) = rows.multipliedReportingOverflow(by: dimension)
    guard !overflow, rows >= 0, dimension >= 0 else { return nil }
    // Eight bytes an element, whatever its size, so that converted rows can be counted as well.
    guard !elements.multipliedReportingOverflow(by: 8).overflow else { return nil }
    return elements * element.size
  }

  /// Describes rows that follow one another without gaps up to the end of a file.
  ///
  /// - Parameters:
  ///   - element: the type of the elements.
  ///   - rows: the number of rows that the header names.
  ///   - dimension: the elements of each row that the header names.
  ///   - offset: where the first row begins.
  ///   - file: what must hold exactly these rows.
  /// - Throws: ``FileError`` where the dimension is 0, or where the file's size is not the
  ///   header's.
  init(
    _ element: ElementKind,
    rows: Int,
    dimension: Int,
    offset: Int,
    in file: MappedFile
  ) throws(FileError) {
    guard dimension > 0 else {
      throw FileError(
        .badData,
        path: file.path,
        place: "header",
        reason: "dimension 0; vectors have at least one element"
      )
    }
    try Self.checkSize(
      Self.byteCount(rows: rows, dimension: dimension, element: element),
      what: "\(rows) x \(dimension) elements of \(element.rawValue)",
      offset: offset,
      in: file
    )
    self.init(
      element: element,
      count: rows,
      dimension: dimension,
      offset: offset,
      prefixed: false
    )
  }

  init(element: ElementKind, count: Int, dimension: Int, offset: Int, prefixed: Bool) {
    self.element = element
    self.count = count
    self.dimension = dimension
    self.offset = offset
    self.prefixed = prefixed
  }

  /// Checks that a file ends where its header says.
  private static func checkSize(
    _ byteCount: Int?,
    what: String,
    offset: Int,
    in file: MappedFile
  ) throws(FileError) {
    guard let byteCount, byteCount <= Int.max - offset else {
      throw FileError(
        .badData,
        path: file.path,
        place: "header",
        reason: "\(what) are more than any file holds"
      )
    }
    let expected = offset + byteCount
    guard file.count != expected else { return }
    let promise = "the header promises \(what), which makes \(expected) bytes"
    if file.count < expected {
      throw FileError(
        .badData,
        path: file.path,
        place: "byte \(file.count)",
        reason: "truncated: \(promise), but there are \(file.count)",
        remedy: "copy or write the file again"
      )
    }
    throw FileError(
      .badData,
      path: file.path,
      place: "byte \(expected)",
      reason: "\(file.count - expected) trailing bytes: \(promise), but there are \(file.count)",
      remedy: "check that the name's ending fits the element type, or write the file again"
    )
  }
}
