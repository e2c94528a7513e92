internal import CKernels
internal import VectorCore

/// How the direction from a node to a neighbor is coded: in groups of dimensions, each by one of 16
/// centroids.
///
/// With random axes and centroids ±1 this is RaBitQ, arXiv:2405.12497; with principal axes and trained
/// centroids, product quantization, doi:10.1109/TPAMI.2010.57.
struct NeighborCodebook: Sendable {
  /// Groups, a multiple of 4.
  let groups: Int
  /// The dimension after each group's last, `[groups]`.
  let ends: [UInt32]
  /// `[dimension, 16]`.
  let centroids: [Float]
  /// The axes that images are projected to; `nil` where they are compared as they are.
  let axes: Projection?
  /// One over the typical length of the images, and of queries.
  let rowScale: Float
  let typicalQueryScale: Float
  /// Whether every query is taken for one of typical length.
  let normalizesQueries: Bool

  /// Dimensions of what is coded.
  var dimension: Int { centroids.count / 16 }

  /// What an image of a query is multiplied with before it is compared.
  func queryScale(length: Float) -> Float {
    normalizesQueries && length > 1e-30 ? 1 / length : typicalQueryScale
  }

  /// Writes the scaled coordinates of a query's image, `[dimension]`.
  func project(
    _ image: UnsafePointer<Float>,
    high: UnsafePointer<Int8>,
    unit: Float,
    scale: Float,
    into projected: UnsafeMutablePointer<Float>
  ) {
    guard let axes else {
      for column in 0..<dimension { unsafe projected[column] = image[column] * scale }
      return
    }
    unsafe axes.project(high, unit: 128 * unit * scale, into: projected)
  }

  /// Writes the products of a projected query with all centroids, as bytes; returns their scale.
  func fillTable(
    _ projected: UnsafePointer<Float>,
    _ table: UnsafeMutablePointer<UInt8>,
    _ bias: inout Float
  ) -> Float {
    let fill = unsafe needle_fat_kernels_for(needle_simd_level()).pointee.table
    return unsafe withKernel { codebook in
      var codebook = unsafe codebook
      return unsafe fill(projected, &codebook, table, &bias)
    }
  }

  /// Calls `body` with the codebook as the kernels take it.
  func withKernel<Result>(_ body: (needle_fat_codebook) -> Result) -> Result {
    unsafe ends.withUnsafeBufferPointer { ends in
      unsafe centroids.withUnsafeBufferPointer { centroids in
        guard let ends = ends.baseAddress, let centroids = centroids.baseAddress else {
          preconditionFailure("a codebook has groups")
        }
        return unsafe body(needle_fat_codebook(groups: groups, ends: ends, centroids: centroids))
      }
    }
  }

  /// Signs of the dimensions, four to a group.
  static func signs(dimension: Int, rowScale: Float, queryScale: Float, normalizes: Bool) -> Self {
    let groups = (dimension + 15) / 16 * 4
    let size = 1 / Float(dimension).squareRoot()
    var centroids = [Float](repeating: 0, count: 16 * dimension)
    for column in 0..<dimension {
      for centroid in 0..<16 {
        centroids[16 * column + centroid] = centroid >> (column % 4) & 1 == 1 ? size : -size
      }
    }
    return NeighborCodebook(
      groups: groups,
      ends: (0..<groups).map { UInt32(min(4 * $0 + 4, dimension)) },
      centroids: centroids,
      axes: nil,
      rowScale: rowScale,
      typicalQueryScale: queryScale,
      normalizesQueries: normalizes
    )
  }
}

/// Orthonormal axes, as bytes: a projection is a product of integers.
struct Projection: Sendable {
  /// The number of axes.
  let count: Int
  /// Bytes of an axis.
  let width: Int
  /// `[count, width]`, codes of ``CodedRows/Kind/bytes``.
  let codes: SharedArray<UInt8>
  /// What a unit of each axis stands for.
  let units: SharedArray<Float>
  /// The numbers of the axes: what the kernel is asked for.
  private let numbers: SharedArray<UInt32>

  init(count: Int, width: Int, codes: SharedArray<UInt8>, units: SharedArray<Float>) {
    self.count = count
    self.width = width
    self.codes = codes
    self.units = units
    numbers = SharedArray((0..<UInt32(count)).map { $0 })
  }

  /// Projects a vector of codes, `[width]`; `projected` has room for the count rounded up to 4.
  func project(
    _ vector: UnsafePointer<Int8>,
    unit: Float,
    into projected: UnsafeMutablePointer<Float>
  ) {
    guard let codes = unsafe codes.baseAddress, let numbers = unsafe numbers.baseAddress,
      let units = unsafe units.baseAddress
    else { return }
    var sum: Int32 = 0
    for column in 0..<width { unsafe sum &+= Int32(vector[column]) }
    let kernel = unsafe needle_code_kernels_for(needle_simd_level()).pointee.bytes
    let raw = UnsafeMutableRawPointer(projected)
    let products = unsafe raw.assumingMemoryBound(to: Int32.self)
    unsafe kernel(vector, codes, width, width, numbers, count, products)
    for axis in 0..<count {
      let product = unsafe products[axis] &- 128 &* sum
      unsafe projected[axis] = Float(product) * (units[axis] * unit)
    }
  }
}
