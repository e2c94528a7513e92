internal import CKernels
internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// What final distances come from, in the order of the lists: the vectors themselves, or what their
/// codes leave over.
struct RerankRows: Sendable {
  /// The elements of a row.
  enum Kind: String, CaseIterable, Sendable {
    case half = "f16"
    case float = "f32"
    case residual

    /// Elements from one row to the next, of vectors with `dimension` values and images in a space
    /// of `imageDimension`: whole cache lines, but for the shortest rows.
    func stride(dimension: Int, imageDimension: Int) -> Int {
      let values = self == .residual ? imageDimension : dimension
      let line = values > 16 ? 64 / width : 16
      return (values + line - 1) / line * line
    }

    /// The bytes of an element.
    var width: Int {
      switch self {
      case .half: 2
      case .float: 4
      case .residual: 1
      }
    }

    /// The largest number in half precision.
    static let largestHalf: Float = 65_504

    /// Half precision where the values are neither too large nor mostly too small for it.
    static func suiting(largest: Float, rootMeanSquare: Float) -> Kind {
      largest <= largestHalf && rootMeanSquare > 1e-3 ? .half : .float
    }
  }

  let kind: Kind
  let stride: Int
  /// `[count, stride]` elements of ``Kind/width`` bytes, zero past the dimension.
  let bytes: SharedArray<UInt8>

  init(kind: Kind, space: ScanSpace, bytes: SharedArray<UInt8>) {
    self.kind = kind
    stride = kind.stride(dimension: space.mean.count, imageDimension: space.dimension)
    self.bytes = bytes
  }

  /// The bytes of `count` rows.
  static func byteCount(_ kind: Kind, count: Int, space: ScanSpace) -> Int {
    let stride = kind.stride(dimension: space.mean.count, imageDimension: space.dimension)
    return count * stride * kind.width
  }

  /// Writes one row at its place in `bytes`: the vector, or what a code in units of `unit` leaves
  /// over of its residual.
  static func write(
    _ row: UnsafePointer<Float>,
    residual: UnsafePointer<Float>,
    unit: Float,
    space: ScanSpace,
    kind: Kind,
    at place: Int,
    of bytes: UnsafeMutablePointer<UInt8>
  ) {
    let dimension = space.mean.count
    let stride = kind.stride(dimension: dimension, imageDimension: space.dimension)
    let start = unsafe bytes + place * stride * kind.width
    let raw = UnsafeMutableRawPointer(start)
    switch kind {
    case .residual:
      let rest = unsafe raw.assumingMemoryBound(to: Int8.self)
      unsafe needle_residual_encode(residual, space.dimension, unit, rest, stride)
    case .half:
      let convert = unsafe needle_convert(needle_simd_level()).pointee.to_f16
      unsafe convert(row, dimension, raw.assumingMemoryBound(to: UInt16.self))
    case .float:
      unsafe raw.copyMemory(from: row, byteCount: dimension * kind.width)
    }
  }

  /// Asks for the rows at `places`, which will be needed soon.
  func prefetch(_ places: UnsafePointer<UInt32>, count: Int) {
    guard let start = unsafe bytes.baseAddress else { return }
    unsafe needle_prefetch_rows(start, stride * kind.width, places, count)
  }

  /// Writes the distances from `query`, `[stride]`, to the rows at `places`.
  func distances(
    from query: UnsafePointer<Float>,
    to places: UnsafePointer<UInt32>,
    count: Int,
    metric: Metric,
    into distances: UnsafeMutablePointer<Float>
  ) {
    guard let start = unsafe bytes.baseAddress else { return }
    let kernels = unsafe needle_row_kernels_for(needle_simd_level())
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
    case .residual:
      preconditionFailure("a residual has no distance of its own; see InvertedLists")
    }
  }
}
