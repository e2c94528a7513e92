internal import Synchronization

/// Rows of a dataset that libhdf5 must unpack or convert.
///
/// Rows are read window by window, and the last windows are kept: threads that take neighbouring
/// ranges share them. Rows in any other order would unpack the same chunks over and over, so that
/// the first request for such keeps the whole set in memory.
package final class HDF5Vectors: VectorSource {
  private let dataset: HDF5Dataset
  private let windowRows: Int
  private let cache = Mutex(Cache())

  private struct Cache {
    var whole: MemoryVectors?
    var windows: [(number: Int, vectors: MemoryVectors)] = []
  }

  /// The windows that are kept: one that is being left, and one that is being entered.
  private static let windowLimit = 2

  /// Reads windows of about `windowSize` values, and at least one row.
  package init(_ dataset: HDF5Dataset, windowSize: Int = 16 << 20) {
    self.dataset = dataset
    windowRows = max(1, windowSize / dataset.dimension)
  }

  package var name: String { "\(dataset.path):\(dataset.name)" }
  package var count: Int { dataset.count }
  package var dimension: Int { dataset.dimension }

  package func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>)
    throws(FileError)
  {
    precondition(
      destination.count == rows.count * dimension,
      "room for \(destination.count) values, not \(rows.count) x \(dimension)"
    )
    try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
      var row = rows.lowerBound
      while row < rows.upperBound {
        let (start, vectors) = try window(holding: row)
        let end = min(rows.upperBound, start + vectors.count)
        let first = (row - rows.lowerBound) * dimension
        let part = target.extracting(first..<first + (end - row) * dimension)
        var span = unsafe part.mutableSpan
        try vectors.copyRows(row - start..<end - start, into: &span)
        row = end
      }
    }
  }

  package func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    try whole().copyRows(at: rows, into: &destination)
  }

  /// Rows that include `row`, and the number of the first of them.
  private func window(holding row: Int) throws(FileError) -> (start: Int, MemoryVectors) {
    try cache.withLock { (cache) throws(FileError) in
      if let whole = cache.whole { return (0, whole) }
      let number = row / windowRows
      let start = number * windowRows
      if let held = cache.windows.first(where: { $0.number == number }) {
        return (start, held.vectors)
      }
      let vectors = memory(try dataset.floats(start..<min(start + windowRows, count)))
      if cache.windows.count == Self.windowLimit { cache.windows.removeFirst() }
      cache.windows.append((number, vectors))
      return (start, vectors)
    }
  }

  private func whole() throws(FileError) -> MemoryVectors {
    try cache.withLock { (cache) throws(FileError) in
      if let whole = cache.whole { return whole }
      var values: [Float] = []
      values.reserveCapacity(count * dimension)
      for start in stride(from: 0, to: count, by: windowRows) {
        values += try dataset.floats(start..<min(start + windowRows, count))
      }
      let vectors = memory(values)
      cache = Cache(whole: vectors)
      return vectors
    }
  }

  private func memory(_ values: [Float]) -> MemoryVectors {
    MemoryVectors(values, dimension: dimension, name: name)
  }
}
