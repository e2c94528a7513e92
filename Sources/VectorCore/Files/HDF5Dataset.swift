internal import CHDF5
internal import Synchronization

/// A dataset of rank 2 in an HDF5 file.
@safe  // @unchecked Sendable because every use of the handle holds the library's lock.
final class HDF5Dataset: @unchecked Sendable {
  let path: String
  let name: String
  let count: Int
  let dimension: Int
  /// Where the rows lie in the file, if they do so as plain numbers.
  let mappable: MatrixLayout?
  private let holdsIntegers: Bool
  private let handle: OpaquePointer

  /// libhdf5 is not thread-safe.
  private static let library = Mutex<Void>(())

  /// Opens a dataset.
  ///
  /// - Throws: ``FileError`` where there is no such dataset, or one that is no matrix of numbers.
  init(_ name: String, in file: MappedFile) throws(FileError) {
    path = file.path
    self.name = name
    guard file.count > 0 else {
      throw FileError(.badData, path: file.path, reason: "the file is empty")
    }
    var opened: OpaquePointer?
    var info = chdf5_info()
    let answer = unsafe Self.call { message, size in
      unsafe chdf5_open(file.path, name, &opened, &info, message, size)
    }
    guard let handle = unsafe opened, answer.status == CHDF5_OK else {
      throw Self.failure(answer, path: file.path, dataset: name)
    }
    unsafe self.handle = unsafe handle
    holdsIntegers = info.number_class == CHDF5_INTEGER
    do throws(FileError) {
      let shape = try Shape(info, path: file.path, place: Self.place(name))
      count = shape.count
      dimension = shape.dimension
      mappable = try shape.layout(in: file, info: info)
    } catch {
      unsafe Self.close(handle)
      throw error
    }
  }

  deinit { unsafe Self.close(handle) }

  /// Reads rows as floats into `destination`, `[rows.count, dimension]`.
  func read(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    precondition(
      rows.upperBound <= count && destination.count == rows.count * dimension,
      "rows \(rows) of \(count) into \(destination.count) values"
    )
    let answer = unsafe destination.withUnsafeMutableBufferPointer { buffer in
      guard let target = buffer.baseAddress else { return Answer.nothing }
      return unsafe Self.call { message, size in
        unsafe chdf5_read_float(
          handle,
          UInt64(rows.lowerBound),
          UInt64(rows.count),
          target,
          message,
          size
        )
      }
    }
    guard answer.status == CHDF5_OK else { throw failure(answer, rows) }
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
    guard count > 0 else { return [] }
    var values = [Int64](repeating: 0, count: count * dimension)
    let answer = unsafe values.withUnsafeMutableBufferPointer { buffer in
      guard let target = buffer.baseAddress else { return Answer.nothing }
      return unsafe Self.call { message, size in
        unsafe chdf5_read_int64(handle, 0, UInt64(count), target, message, size)
      }
    }
    guard answer.status == CHDF5_OK else { throw failure(answer, 0..<count) }
    return values.map { Int($0) }
  }

  private func failure(_ answer: Answer, _ rows: Range<Int>) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "\(Self.place(name)), rows \(rows.lowerBound)..<\(rows.upperBound)",
      reason: "cannot be read: \(answer.message)",
      remedy: "check the file with h5dump, or copy it again"
    )
  }
}

// MARK: - Calls

extension HDF5Dataset {
  private struct Answer {
    let status: chdf5_status
    let message: String

    static let nothing = Answer(status: CHDF5_OK, message: "")
  }

  private static func place(_ dataset: String) -> String { "dataset '\(dataset)'" }

  /// Makes one call into the library, and takes its message.
  private static func call(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> chdf5_status
  ) -> Answer {
    library.withLock { _ in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { buffer in
        guard let start = buffer.baseAddress else { return .nothing }
        unsafe start.initialize(repeating: 0, count: buffer.count)
        let status = unsafe body(start, buffer.count)
        // Names in a file may hold anything; a message is one line.
        let message = unsafe String(cString: start).map { $0.isNewline ? " " : $0 }
        return Answer(status: status, message: String(message))
      }
    }
  }

  private static func close(_ handle: OpaquePointer) {
    library.withLock { _ in unsafe chdf5_close(handle) }
  }

  private static func failure(_ answer: Answer, path: String, dataset: String) -> FileError {
    switch answer.status {
    case CHDF5_NO_DATASET:
      FileError(
        .badData,
        path: path,
        reason: answer.message,
        remedy: "name one of them: \(path):DATASET"
      )
    case CHDF5_UNSUITABLE:
      FileError(.badData, path: path, place: place(dataset), reason: answer.message)
    default:
      FileError(
        .badData,
        path: path,
        reason: "not a readable HDF5 file: \(answer.message)",
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
