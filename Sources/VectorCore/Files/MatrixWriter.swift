/// Writes a matrix row by row; the file appears under its name when ``finish()`` has synced it.
///
/// The name's ending tells the format: `.npy`, `.fvecs`, `.ivecs`, `.fbin` or `.ibin`. A writer
/// that is dropped before it has finished leaves nothing behind. To be used by one thread.
public final class MatrixWriter {
  private let path: String
  private let element: ElementKind
  private let dimension: Int
  private let format: FileFormat
  private var file: AtomicFile?
  private var rows = 0

  /// Creates the file's temporary.
  ///
  /// - Parameters:
  ///   - path: the final name.
  ///   - dimension: the elements of each row, at least 1.
  ///   - element: what `.npy` holds: f16 or f32 for ``append(_:)-(Span<Float>)``, i32 or i64 for
  ///     integers. The other formats hold what their ending says; `nil` means that, and f32 for
  ///     `.npy`.
  /// - Throws: ``FileError`` for endings that are not known, for elements that the format does not
  ///   hold, and where the file cannot be created.
  public init(
    _ path: String,
    dimension: Int,
    element: ElementKind? = nil
  ) throws(FileError) {
    precondition(dimension > 0, "dimension \(dimension) must be positive")
    self.path = path
    self.dimension = dimension
    (format, self.element) = try Self.choose(path, element)
    guard dimension <= Int(Int32.max) else {
      throw FileError(
        .usage,
        path: path,
        reason: "dimension \(dimension) is more than any reader takes"
      )
    }
    file = try AtomicFile(path: path)
    switch format {
    case .npy: try file?.write([UInt8](repeating: 0, count: NpyHeader.writtenSize))
    case .bigANN: try file?.write([UInt8](repeating: 0, count: BigANNFormat.headerSize))
    case .vecs, .hdf5: break
    }
  }

  /// Appends rows of floats, `[n, dimension]`.
  ///
  /// - Throws: ``FileError`` where the file cannot be written, and for values that are too large
  ///   for f16.
  public func append(_ values: Span<Float>) throws(FileError) {
    precondition(values.count.isMultiple(of: dimension), "\(values.count) by \(dimension)")
    switch element {
    case .float32:
      try unsafe values.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe append(rows: bytes)
      }
    case .float16:
      let halves: [UInt16] = try narrow(values)
      try unsafe halves.span.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe append(rows: bytes)
      }
    default: preconditionFailure("\(path) holds \(element.rawValue), not floats")
    }
  }

  /// Appends rows of integers, `[n, dimension]`.
  ///
  /// - Throws: ``FileError`` where the file cannot be written, and for values that the element type
  ///   does not hold.
  public func append(_ values: Span<Int>) throws(FileError) {
    precondition(values.count.isMultiple(of: dimension), "\(values.count) by \(dimension)")
    switch element {
    case .int64:
      try unsafe values.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe append(rows: bytes)
      }
    case .int32:
      let words: [Int32] = try narrow(values)
      try unsafe words.span.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe append(rows: bytes)
      }
    default: preconditionFailure("\(path) holds \(element.rawValue), not integers")
    }
  }

  /// Writes the header's totals, and puts the file under its name.
  ///
  /// - Throws: ``FileError``; nothing is left behind then.
  public func finish() throws(FileError) {
    switch format {
    case .npy:
      let header = NpyHeader.encoded(element, rows: rows, dimension: dimension)
      try file?.overwrite(header, at: 0)
    case .bigANN:
      guard let count = UInt32(exactly: rows) else {
        throw FileError(
          .badData,
          path: path,
          reason: "\(rows) rows are more than the format's 32-bit count holds",
          remedy: "write .npy or .fvecs"
        )
      }
      try file?.overwrite(littleEndian(count) + littleEndian(UInt32(dimension)), at: 0)
    case .vecs, .hdf5: break
    }
    try file.take()?.commit()
  }

  private func append(rows bytes: UnsafeRawBufferPointer) throws(FileError) {
    let rowSize = dimension * element.size
    let count = bytes.count / rowSize
    if case .vecs = format {
      let prefix = littleEndian(UInt32(dimension))
      for row in 0..<count {
        try file?.write(prefix)
        let part = unsafe UnsafeRawBufferPointer(
          rebasing: bytes[row * rowSize..<(row + 1) * rowSize]
        )
        try unsafe file?.write(unsafe: part)
      }
    } else {
      try unsafe file?.write(unsafe: bytes)
    }
    rows += count
  }

  private func narrow(_ values: Span<Float>) throws(FileError) -> [UInt16] {
    let narrowed = HalfPrecision.narrow(values)
    guard let index = narrowed.overflow else { return narrowed.halves }
    throw tooLarge("\(values[index])", at: index, remedy: "write f32")
  }

  private func narrow(_ values: Span<Int>) throws(FileError) -> [Int32] {
    var words: [Int32] = []
    words.reserveCapacity(values.count)
    for index in 0..<values.count {
      guard let word = Int32(exactly: values[index]) else {
        throw tooLarge("\(values[index])", at: index, remedy: "write i64 in .npy")
      }
      words.append(word)
    }
    return words
  }

  private func tooLarge(_ value: String, at index: Int, remedy: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "row \(rows + index / dimension), column \(index % dimension)",
      reason: "\(value) does not fit \(element.rawValue)",
      remedy: remedy
    )
  }
}

extension MatrixWriter {
  /// Finds the format by the name's ending and the elements that it holds.
  private static func choose(
    _ path: String,
    _ element: ElementKind?
  ) throws(FileError) -> (FileFormat, ElementKind) {
    let allowed: [ElementKind]
    let format = FileFormat.named(by: path)
    switch format {
    case .npy: allowed = [.float32, .float16, .int32, .int64]
    case .vecs(let kind) where kind != .uint8: allowed = [kind]
    case .bigANN(let kind) where kind.size == 4: allowed = [kind]
    case .vecs, .bigANN, .hdf5, nil:
      throw FileError(
        .usage,
        path: path,
        reason: "the name's ending is none that is written",
        remedy: "end it in .npy, .fvecs, .ivecs, .fbin or .ibin"
      )
    }
    let element = element ?? allowed[0]
    guard let format, allowed.contains(element) else {
      let names = allowed.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        .usage,
        path: path,
        reason: "such a file holds \(names), not \(element.rawValue)",
        remedy: "choose another ending"
      )
    }
    return (format, element)
  }

  private func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}

extension RowMatrix where Element == Int {
  /// Writes the rows to a `.ivecs`, `.ibin` or `.npy` file.
  ///
  /// - Parameters:
  ///   - path: the final name.
  ///   - element: i32 or i64 for `.npy`; `nil` means i32.
  /// - Throws: ``FileError``, also for values that the element type does not hold.
  public func write(to path: String, as element: ElementKind? = nil) throws(FileError) {
    let writer = try MatrixWriter(path, dimension: columns, element: element ?? .int32)
    try writer.append(values.span)
    try writer.finish()
  }
}

extension RowMatrix where Element == Float {
  /// Writes the rows to a `.fvecs`, `.fbin` or `.npy` file.
  ///
  /// - Parameters:
  ///   - path: the final name.
  ///   - element: f16 or f32 for `.npy`; `nil` means f32.
  /// - Throws: ``FileError``, also for values that the element type does not hold.
  public func write(to path: String, as element: ElementKind? = nil) throws(FileError) {
    let writer = try MatrixWriter(path, dimension: columns, element: element ?? .float32)
    try writer.append(values.span)
    try writer.finish()
  }
}
