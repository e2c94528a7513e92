internal import CKernels
internal import IndexStore
internal import Synchronization
internal import VectorCore

/// Vectors in the order in which the scan kernels read them.
///
/// ```
/// panel 0                              panel 1
/// ┌────────────────┬────────────────┬─ ┌────
/// │ dimension 0 of │ dimension 1 of │… │
/// │ rows 0 … 31    │ rows 0 … 31    │  │ rows 32 … 63
/// └────────────────┴────────────────┴─ └────
/// ```
/// Each row is a SIMD lane, so that its score is one chain of additions in the order of the
/// dimensions: the same bits for any number of queries, threads or panels scanned at once.
struct Panels: Sendable {
  /// `[ceil(count / 32), dimension, 32]`; lanes past the last row are zero.
  let values: SharedArray<Float>
  /// The number of rows.
  let count: Int
  /// The length of each row.
  let dimension: Int

  /// Rows in a panel.
  static let lanes = Int(needle_panel_lanes)

  /// The number of floats that hold `count` rows.
  static func floatCount(count: Int, dimension: Int) -> Int {
    (count + lanes - 1) / lanes * lanes * dimension
  }

  init(_ values: SharedArray<Float>, count: Int, dimension: Int) {
    self.values = values
    self.count = count
    self.dimension = dimension
  }

  /// Reads and packs a set, in blocks of whole panels.
  init(packing vectors: VectorSet, options: BuildOptions) throws {
    let count = vectors.count
    let dimension = vectors.dimension
    let block = 64 * Self.lanes
    let done = Mutex(0)
    let floats = Self.floatCount(count: count, dimension: dimension)
    let values = MutableMemory<Float>(count: floats)
    try parallelFor(count, chunk: block, threads: options.threads) { _, rows in
      var read = [Float](repeating: 0, count: rows.count * dimension)
      var span = read.mutableSpan
      try vectors.copyRows(rows, preparedFor: options.metric, into: &span)
      Self.pack(read, rows: rows, dimension: dimension, into: values)
      done.withLock { done in
        done += rows.count
        options.progress(BuildProgress(phase: "packing", done: done, total: count))
      }
    }
    self.init(values.frozen(), count: count, dimension: dimension)
  }

  /// Packs rows that begin at a panel's first lane.
  private static func pack(
    _ vectors: [Float],
    rows: Range<Int>,
    dimension: Int,
    into target: MutableMemory<Float>
  ) {
    unsafe vectors.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress, let panels = unsafe target.elements.baseAddress
      else { return }
      unsafe needle_pack_panels(
        first,
        rows.count,
        dimension,
        0,
        panels + rows.lowerBound * dimension
      )
    }
  }
}
