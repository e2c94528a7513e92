internal import CKernels

/// A matrix whose rows lie in a mapped file; they are converted straight from the mapping.
struct MappedMatrix: VectorSource {
  let name: String
  let layout: MatrixLayout
  private let file: MappedFile

  /// Describes rows that lie inside `file`.
  init(_ file: MappedFile, layout: MatrixLayout, name: String? = nil) {
    self.name = name ?? file.path
    self.layout = layout
    self.file = file
  }

  var count: Int { layout.count }
  var dimension: Int { layout.dimension }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count)")
    checkRoom(for: rows.count, destination.count)
    if layout.prefixed {
      try copy(rows.count, into: &destination) { rows.lowerBound + $0 }
    } else {
      try unsafe withKernel { (kernel, bytes) throws(FileError) in
        unsafe destination.withUnsafeMutableBufferPointer { target in
          let start = layout.offset + rows.lowerBound * layout.stride
          unsafe kernel(bytes + start, target.count, target.baseAddress)
        }
      }
    }
  }

  func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    checkRoom(for: rows.count, destination.count)
    try copy(rows.count, into: &destination) { Int(rows[$0]) }
  }

  private func checkRoom(for rows: Int, _ room: Int) {
    precondition(room == rows * dimension, "room for \(room) values, not \(rows) x \(dimension)")
  }

  /// Converts rows one by one.
  @inline(__always)
  private func copy(
    _ rows: Int,
    into destination: inout MutableSpan<Float>,
    row: (Int) -> Int
  ) throws(FileError) {
    try unsafe withKernel { (kernel, bytes) throws(FileError) in
      try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
        guard let start = target.baseAddress else { return }
        for index in 0..<rows {
          let row = row(index)
          precondition(row < count, "row \(row) of \(count)")
          if layout.prefixed { try VecsFormat.checkPrefix(of: row, in: file, layout: layout) }
          unsafe kernel(
            bytes + (layout.offset + row * layout.stride),
            dimension,
            start + index * dimension
          )
        }
      }
    }
  }

  @inline(__always)
  private func withKernel(
    _ body: (needle_to_f32, UnsafeRawPointer) throws(FileError) -> Void
  ) throws(FileError) {
    guard count > 0, let kernel = unsafe layout.element.kernel else { return }
    try unsafe file.withUnsafeBytes { (bytes) throws(FileError) in
      guard let start = bytes.baseAddress else { return }
      try unsafe body(kernel, start)
    }
  }

  /// All elements as integers, `[count, dimension]`.
  ///
  /// - Throws: ``FileError`` for elements that are no integers, or too large.
  func integers() throws(FileError) -> [Int] {
    switch layout.element {
    case .int32: try integers(Int32.self)
    case .uint32: try integers(UInt32.self)
    case .int64: try integers(Int64.self)
    case .uint64: try integers(UInt64.self)
    case .float16, .float32, .float64, .int8, .uint8:
      throw FileError(
        .badData,
        path: name,
        reason: "holds \(layout.element.rawValue), not row numbers of 32 or 64 bits",
        remedy: "give a file of neighbours, such as .ivecs"
      )
    }
  }

  private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
    _ type: Element.Type
  ) throws(FileError) -> [Int] {
    var values: [Int] = []
    values.reserveCapacity(count * dimension)
    for row in 0..<count {
      if layout.prefixed { try VecsFormat.checkPrefix(of: row, in: file, layout: layout) }
      let start = layout.offset + row * layout.stride
      for column in 0..<dimension {
        let element = file.load(at: start + column * layout.element.size, as: type).littleEndian
        guard let value = Int(exactly: element) else {
          throw FileError(
            .badData,
            path: name,
            place: "row \(row), column \(column)",
            reason: "\(element) is no row number"
          )
        }
        values.append(value)
      }
    }
    return values
  }
}
