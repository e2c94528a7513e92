internal import CKernels
internal import IndexStore
internal import Synchronization
internal import VectorCore

/// The vectors of a graph, row-major, each on cache lines of its own.
struct VectorRows: Sendable {
  /// `[count, stride]`; the floats past the dimension are zero and change no distance.
  let values: SharedArray<Float>
  /// The number of rows.
  let count: Int
  /// Floats from one row to the next: the dimension rounded up to a cache line.
  let stride: Int

  /// The stride for vectors of `dimension`.
  static func stride(dimension: Int) -> Int {
    let line = Int(needle_row_alignment)
    return (dimension + line - 1) / line * line
  }

  init(_ values: SharedArray<Float>, count: Int, dimension: Int) {
    self.values = values
    self.count = count
    stride = Self.stride(dimension: dimension)
  }

  /// Reads a set.
  init(reading vectors: VectorSet, options: BuildOptions) throws {
    let dimension = vectors.dimension
    let stride = Self.stride(dimension: dimension)
    let values = MutableMemory<Float>(count: vectors.count * stride)
    let done = Mutex(0)
    try parallelFor(vectors.count, chunk: 4096, threads: options.threads) { _, rows in
      var read = [Float](repeating: 0, count: rows.count * dimension)
      var span = read.mutableSpan
      try vectors.copyRows(rows, preparedFor: options.metric, into: &span)
      for (index, row) in rows.enumerated() {
        for column in 0..<dimension {
          unsafe values.elements[row * stride + column] = read[index * dimension + column]
        }
      }
      done.withLock { done in
        done += rows.count
        options.progress(BuildProgress(phase: "reading", done: done, total: vectors.count))
      }
    }
    self.init(values.frozen(), count: vectors.count, dimension: dimension)
  }
}

/// Rows with the kernel that measures them: what a walk needs, as plain pointers.
///
/// Valid while the ``VectorRows`` it was made from is alive; every function that holds one also
/// holds those rows.
@unsafe
struct RowDistances {
  let base: UnsafePointer<Float>
  let stride: Int
  let kernel: needle_row_distances_pointer

  /// Distances from `query` to the rows `ids[0..<count]`; room for `count` rounded up to 4.
  @inline(__always)
  func measure(
    _ query: UnsafePointer<Float>,
    _ ids: UnsafePointer<UInt32>,
    count: Int,
    into distances: UnsafeMutablePointer<Float>
  ) {
    unsafe kernel(query, base, stride, ids, count, distances)
  }

  /// The vector at `row`.
  @inline(__always)
  func row(_ row: UInt32) -> UnsafePointer<Float> {
    unsafe base + Int(row) &* stride
  }
}

extension VectorRows {
  /// Calls `body` with the rows' pointers and the kernel of this CPU, valid during the call.
  func withDistances<Result, Failure: Error>(
    _ metric: Metric,
    _ body: (RowDistances) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe values.withUnsafeBufferPointer { buffer throws(Failure) in
      guard let base = buffer.baseAddress else { preconditionFailure("a graph has rows") }
      let kernels = unsafe needle_row_kernels_for(needle_simd_level()).pointee
      return try unsafe body(
        RowDistances(
          base: base,
          stride: stride,
          kernel: metric == .squaredL2 ? kernels.squared_l2 : kernels.dot
        )
      )
    }
  }
}
