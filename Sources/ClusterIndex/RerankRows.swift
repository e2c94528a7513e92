internal import CKernels
internal import IndexStore
internal import VectorCore

/// The vectors themselves, in the order of the lists, from which the final distances come.
struct RerankRows: Sendable {
  /// The elements of a row.
  enum Kind: String, CaseIterable, Sendable {
    case half = "f16"
    case float = "f32"

    /// Elements from one row to the next: whole cache lines, but for the shortest rows.
    func stride(dimension: Int) -> Int {
      let line = Int(needle_row_alignment) * (self == .half && dimension > 16 ? 2 : 1)
      return (dimension + line - 1) / line * line
    }

    /// The bytes of an element.
    var width: Int { self == .half ? 2 : 4 }

    /// Half precision where the values are neither too large nor mostly too small for it.
    static func suiting(largest: Float, rootMeanSquare: Float) -> Kind {
      largest < 60_000 && rootMeanSquare > 1e-3 ? .half : .float
    }
  }

  let kind: Kind
  let stride: Int
  /// `[count, stride]` elements of ``Kind/width`` bytes, zero past the dimension.
  let bytes: SharedArray<UInt8>

  init(kind: Kind, dimension: Int, bytes: SharedArray<UInt8>) {
    self.kind = kind
    stride = kind.stride(dimension: dimension)
    self.bytes = bytes
  }

  /// The bytes of `count` rows.
  static func byteCount(_ kind: Kind, count: Int, dimension: Int) -> Int {
    count * kind.stride(dimension: dimension) * kind.width
  }

  /// Writes one row, `[dimension]`, at its place in `bytes`.
  static func write(
    _ row: UnsafePointer<Float>,
    dimension: Int,
    kind: Kind,
    at place: Int,
    of bytes: UnsafeMutablePointer<UInt8>
  ) {
    let start = unsafe bytes + place * kind.stride(dimension: dimension) * kind.width
    let raw = UnsafeMutableRawPointer(start)
    switch kind {
    case .half:
      let convert = unsafe needle_convert(needle_simd_level()).pointee.to_f16
      unsafe convert(row, dimension, raw.assumingMemoryBound(to: UInt16.self))
    case .float:
      unsafe raw.copyMemory(from: row, byteCount: dimension * kind.width)
    }
  }

  /// Asks for the rows at `places`, which will be needed soon.
  func prefetch(_ places: UnsafePointer<UInt32>, count: Int) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let raw = unsafe UnsafeRawPointer(start)
      let floats = stride * kind.width / MemoryLayout<Float>.stride
      unsafe needle_prefetch_rows(
        raw.assumingMemoryBound(to: Float.self),
        floats,
        places,
        count
      )
    }
  }

  /// Writes the distances from `query`, `[stride]`, to the rows at `places`.
  func distances(
    from query: UnsafePointer<Float>,
    to places: UnsafePointer<UInt32>,
    count: Int,
    metric: Metric,
    into distances: UnsafeMutablePointer<Float>
  ) {
    let kernels = unsafe needle_row_kernels_for(needle_simd_level())
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let raw = unsafe UnsafeRawPointer(start)
      switch kind {
      case .half:
        let kernel =
          unsafe metric == .squaredL2 ? kernels.pointee.squared_l2_f16 : kernels.pointee.dot_f16
        let rows = unsafe raw.assumingMemoryBound(to: UInt16.self)
        unsafe kernel(query, rows, stride, places, count, distances)
      case .float:
        let kernel = unsafe metric == .squaredL2 ? kernels.pointee.squared_l2 : kernels.pointee.dot
        let rows = unsafe raw.assumingMemoryBound(to: Float.self)
        unsafe kernel(query, rows, stride, places, count, distances)
      }
    }
  }
}
