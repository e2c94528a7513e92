/// Vectors in memory.
struct MemoryVectors: VectorSource {
  let name: String
  let dimension: Int
  private let values: [Float]

  init(_ values: [Float], dimension: Int, name: String) {
    precondition(
      dimension > 0 && values.count.isMultiple(of: dimension),
      "\(values.count) values are no vectors of dimension \(dimension)"
    )
    self.values = values
    self.dimension = dimension
    self.name = name
  }

  var count: Int { values.count / dimension }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    let chosen = values[rows.lowerBound * dimension..<rows.upperBound * dimension]
    checkRoom(for: rows.count, destination.count)
    unsafe destination.withUnsafeMutableBufferPointer { target in
      _ = unsafe target.update(fromContentsOf: chosen)
    }
  }

  func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    checkRoom(for: rows.count, destination.count)
    let count = self.count
    unsafe destination.withUnsafeMutableBufferPointer { target in
      unsafe values.withUnsafeBufferPointer { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        for index in 0..<rows.count {
          let row = Int(rows[index])
          precondition(row < count, "row \(row) of \(count)")
          unsafe (to + index * dimension).update(from: from + row * dimension, count: dimension)
        }
      }
    }
  }

  private func checkRoom(for rows: Int, _ room: Int) {
    precondition(room == rows * dimension, "room for \(room) values, not \(rows) x \(dimension)")
  }
}
