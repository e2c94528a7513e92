internal import IntegerScan
internal import Synchronization
internal import VectorCore

/// Reads vectors and their images in a space, in the order of the nodes, a chunk at a time.
struct ImageReader: Sendable {
  let vectors: VectorSet
  let space: ScanSpace
  let threads: Int

  private static let chunk = 512

  /// Calls `body` with each node, its vector and its image, which has room for 64 values more.
  func each(
    _ body:
      @escaping @Sendable (
        _ worker: Int,
        _ node: Int,
        _ vector: UnsafePointer<Float>,
        _ image: UnsafeMutablePointer<Float>
      ) -> Void
  ) throws {
    let dimension = vectors.dimension
    try parallelFor(vectors.count, chunk: Self.chunk, threads: threads) { worker, range in
      var values = [Float](repeating: 0, count: range.count * dimension)
      var span = values.mutableSpan
      try vectors.copyRows(range, preparedFor: space.metric, into: &span)
      let image = MutableMemory<Float>(count: space.dimension + 64)
      unsafe values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress, let image = unsafe image.elements.baseAddress
        else { return }
        for node in range {
          let vector = unsafe first + (node - range.lowerBound) * dimension
          unsafe space.place(vector: vector, into: image)
          unsafe body(worker, node, vector, image)
        }
      }
    }
  }

  /// Images of some nodes.
  func images(of rows: [UInt32]) throws -> [[Float]] {
    let chosen = ImageReader(vectors: vectors.subset(rows), space: space, threads: threads)
    let images = MutableMemory<Float>(count: rows.count * space.dimension)
    let dimension = space.dimension
    try unsafe chosen.each { _, place, _, image in
      guard let start = unsafe images.elements.baseAddress else { return }
      unsafe (start + place * dimension).update(from: image, count: dimension)
    }
    return rows.indices.map { place in
      unsafe Array(images.elements[place * dimension..<(place + 1) * dimension])
    }
  }

  /// How large the images' values are.
  func scale() throws -> ValueScale {
    let width = space.dimension
    let largest = Mutex(Float(0))
    let norms = MutableMemory<Double>(count: vectors.count)
    try unsafe each { _, node, _, image in
      var most: Float = 0
      for column in 0..<width { most = unsafe max(most, abs(image[column])) }
      unsafe norms.elements[node] = unsafe squaredNorm(image, width)
      largest.withLock { $0 = max($0, most) }
    }
    let sum = unsafe norms.elements.reduce(0, +)
    let values = Double(max(1, vectors.count * width))
    return ValueScale(
      largest: largest.withLock { $0 },
      rootMeanSquare: Float((sum / values).squareRoot())
    )
  }
}
