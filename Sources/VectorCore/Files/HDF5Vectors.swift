internal import Synchronization

/// Rows of a dataset that libhdf5 must unpack or convert.
///
/// Ranges are read in pieces, one caller at a time. Rows in any other order would unpack the same
/// chunks over and over, so that the first request for such keeps the whole set in memory.
final class HDF5Vectors: VectorSource {
  private let dataset: HDF5Dataset
  private let unpacked = Mutex<MemoryVectors?>(nil)

  /// The values that one call of the library reads at most, unless a single row is longer.
  private static let pieceSize = 4 << 20

  init(_ dataset: HDF5Dataset) { self.dataset = dataset }

  var name: String { "\(dataset.path):\(dataset.name)" }
  var count: Int { dataset.count }
  var dimension: Int { dataset.dimension }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    if let memory = unpacked.withLock({ $0 }) {
      return try memory.copyRows(rows, into: &destination)
    }
    try read(rows, into: &destination)
  }

  func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    try inMemory().copyRows(at: rows, into: &destination)
  }

  private func inMemory() throws(FileError) -> MemoryVectors {
    try unpacked.withLock { (held) throws(FileError) in
      if let held { return held }
      var values = [Float](repeating: 0, count: count * dimension)
      var span = values.mutableSpan
      try read(0..<count, into: &span)
      let memory = MemoryVectors(values, dimension: dimension, name: name)
      held = memory
      return memory
    }
  }

  private func read(
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    precondition(
      destination.count == rows.count * dimension,
      "room for \(destination.count) values, not \(rows.count) x \(dimension)"
    )
    let step = max(1, Self.pieceSize / dimension)
    try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
        let piece = start..<min(start + step, rows.upperBound)
        let first = (start - rows.lowerBound) * dimension
        let part = target.extracting(first..<first + piece.count * dimension)
        var span = unsafe part.mutableSpan
        try dataset.read(piece, into: &span)
      }
    }
  }
}
