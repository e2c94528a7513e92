internal import CHDF5

/// A dataset of rank 2 in an HDF5 file.
package struct HDF5Dataset: Sendable {
  let path: String
  let name: String
  let count: Int
  let dimension: Int
  /// Where the rows lie in the file, if they do so as plain numbers.
  let mappable: MatrixLayout?
  private let holdsIntegers: Bool

  /// Looks at a dataset.
  ///
  /// - Throws: ``FileError`` where there is no such dataset, or one that is no matrix of numbers.
  package init(_ name: String, in file: MappedFile) throws(FileError) {
    path = file.path
    self.name = name
    guard file.count > 0 else {
      throw FileError(.badData, path: file.path, reason: "the file is empty")
    }
    var info = chdf5_info()
    try unsafe Self.call(path, name, place: nil) { message, size in
      unsafe chdf5_describe(file.path, name, &info, message, size)
    }
    holdsIntegers = info.number_class == CHDF5_INTEGER
    let shape = try Shape(info, path: path, place: Self.place(name))
    count = shape.count
    dimension = shape.dimension
    mappable = try shape.layout(in: file, info: info)
  }

  /// Reads rows as floats, `[rows.count, dimension]`.
  func floats(_ rows: Range<Int>) throws(FileError) -> [Float] {
    try unsafe read(rows, zero: 0) { (target, message, size) in
      unsafe chdf5_read_float(path, name, request(rows), target, message, size)
    }
  }

  /// Reads all rows as integers, `[count, dimension]`.
  func integers() throws(FileError) -> [Int] {
    guard holdsIntegers else {
      throw FileError(
        .badData,
        path: path,
        place: Self.place(name),
        reason: "holds numbers with a fraction, not row numbers",
        remedy: "name the dataset of neighbours: \(path):neighbors"
      )
    }
    let values: [Int64] = try unsafe read(0..<count, zero: 0) { (target, message, size) in
      unsafe chdf5_read_int64(path, name, request(0..<count), target, message, size)
    }
    return values.map { Int($0) }
  }

  private func request(_ rows: Range<Int>) -> chdf5_rows {
    chdf5_rows(
      first: UInt64(rows.lowerBound),
      count: UInt64(rows.count),
      columns: UInt64(dimension)
    )
  }

  private func read<Value>(
    _ rows: Range<Int>,
    zero: Value,
    _ body: (UnsafeMutablePointer<Value>, UnsafeMutablePointer<CChar>, Int) -> chdf5_status
  ) throws(FileError) -> [Value] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count)")
    guard !rows.isEmpty else { return [] }
    var values = [Value](repeating: zero, count: rows.count * dimension)
    var span = values.mutableSpan
    try unsafe span.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
      guard let target = buffer.baseAddress else { return }
      let place = "rows \(rows.lowerBound)..<\(rows.upperBound)"
      try unsafe Self.call(path, name, place: place) { message, size in
        unsafe body(target, message, size)
      }
    }
    return values
  }
}

// MARK: - Calls

extension HDF5Dataset {
  private static func place(_ dataset: String) -> String { "dataset '\(dataset)'" }

  /// Makes one call, and throws what it says.
  private static func call(
    _ path: String,
    _ dataset: String,
    place: String?,
    _ body: (UnsafeMutablePointer<CChar>, Int) -> chdf5_status
  ) throws(FileError) {
    var text = [CChar](repeating: 0, count: 1_024)
    var status = CHDF5_FAILED
    unsafe text.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      status = unsafe body(start, buffer.count)
    }
    guard status != CHDF5_OK else { return }
    // Names in a file may hold anything; a message is one line.
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let message = String(decoding: bytes, as: UTF8.self).map { $0.isNewline ? " " : $0 }
    throw failure(status, String(message), path: path, dataset: dataset, place: place)
  }

  private static func failure(
    _ status: chdf5_status,
    _ message: String,
    path: String,
    dataset: String,
    place: String?
  ) -> FileError {
    switch status {
    case CHDF5_NO_DATASET:
      FileError(
        .badData,
        path: path,
        reason: message,
        remedy: "name one of them: \(path):DATASET"
      )
    case CHDF5_UNSUITABLE:
      FileError(.badData, path: path, place: Self.place(dataset), reason: message)
    case CHDF5_NO_PROCESS:
      FileError(.inputOutput, path: path, reason: "cannot be read: \(message)")
    case CHDF5_FAILED:
      FileError(
        .badData,
        path: path,
        place: [Self.place(dataset), place].compactMap { $0 }.joined(separator: ", "),
        reason: "cannot be read: \(message)",
        remedy: "check the file with h5dump, or copy it again"
      )
    default:
      FileError(
        .badData,
        path: path,
        place: place.map { "\(Self.place(dataset)), \($0)" },
        reason: "not a readable HDF5 file: \(message)",
        remedy: "check the name's ending, or copy the file again"
      )
    }
  }
}

// MARK: - Shape

/// The shape of a dataset, checked before anything is allocated for it.
private struct Shape {
  let count: Int
  let dimension: Int
  private let path: String
  private let place: String

  /// No compression of vectors comes near this; a file that claims more would only fill memory.
  private static let largestRatio: UInt64 = 4_096

  init(_ info: chdf5_info, path: String, place: String) throws(FileError) {
    self.path = path
    self.place = place
    func failure(_ reason: String, _ remedy: String? = nil) -> FileError {
      FileError(.badData, path: path, place: place, reason: reason, remedy: remedy)
    }
    var info = info
    let dims = unsafe withUnsafeBytes(of: &info.dims) { bytes in
      (0..<Int(info.rank)).map { unsafe bytes.load(fromByteOffset: $0 * 8, as: UInt64.self) }
    }
    let shape = dims.map(String.init).joined(separator: ", ")
    guard dims.count == 2 else {
      throw failure(
        "shape (\(shape)) of rank \(dims.count), but a matrix [n, dimension] is needed",
        "name another dataset: \(path):DATASET"
      )
    }
    guard dims[1] > 0 else { throw failure("dimension 0; vectors have at least one element") }
    guard let rows = Int(exactly: dims[0]), let columns = Int(exactly: dims[1]),
      MatrixLayout.byteCount(rows: rows, dimension: columns, element: .int64) != nil,
      !dims[0].multipliedReportingOverflow(by: dims[1] * info.element_size).overflow
    else {
      throw failure("shape (\(shape)) is more than any file holds")
    }
    let claimed = dims[0] * dims[1] * info.element_size
    guard claimed / Self.largestRatio <= info.stored_bytes, rows == 0 || info.stored_bytes > 0
    else {
      throw failure(
        "shape (\(shape)) needs \(claimed) bytes, but only \(info.stored_bytes) were written",
        "write the dataset before it is read"
      )
    }
    count = rows
    dimension = columns
  }

  /// Where the rows lie, if a mapping of the file can be read in the library's place.
  func layout(in file: MappedFile, info: chdf5_info) throws(FileError) -> MatrixLayout? {
    guard info.is_plain != 0, count > 0, let element = element(info) else { return nil }
    let size = count * dimension * element.size
    guard let offset = Int(exactly: info.offset), offset <= file.count, size <= file.count - offset
    else {
      throw FileError(
        .badData,
        path: path,
        place: place,
        reason: "truncated: the rows take \(size) bytes from byte \(info.offset) on, "
          + "but the file has \(file.count)",
        remedy: "copy the file again"
      )
    }
    return MatrixLayout(
      element: element,
      count: count,
      dimension: dimension,
      offset: offset,
      prefixed: false
    )
  }

  private func element(_ info: chdf5_info) -> ElementKind? {
    switch (info.number_class, info.element_size, info.is_signed != 0) {
    case (CHDF5_FLOAT, 4, _): .float32
    case (CHDF5_FLOAT, 8, _): .float64
    case (CHDF5_INTEGER, 1, true): .int8
    case (CHDF5_INTEGER, 1, false): .uint8
    case (CHDF5_INTEGER, 4, true): .int32
    default: nil
    }
  }
}
