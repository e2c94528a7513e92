internal import CKernels
internal import VectorCore

/// How the direction from a node to a neighbor is coded: in groups of dimensions, each by one of 16
/// centroids.
///
/// With random axes and centroids ±1 this is RaBitQ, arXiv:2405.12497; with principal axes and trained
/// centroids, product quantization, doi:10.1109/TPAMI.2010.57.
package struct NeighborCodebook: Sendable {
  /// Groups, a multiple of 4.
  package let groups: Int
  /// The dimension after each group's last, `[groups]`.
  package let ends: [UInt32]
  /// `[dimension, 16]`.
  package let centroids: [Float]
  /// The axes that images are projected to; `nil` where they are compared as they are.
  package let axes: Projection?
  /// One over the typical length of the images, and of queries.
  let rowScale: Float
  let typicalQueryScale: Float
  /// Whether every query is taken for one of typical length.
  let normalizesQueries: Bool
  /// The part of a direction that its code keeps, on average; 1 where it was not measured.
  var explained: Float = 1

  /// The most groups: their bytes must add up within 16 bits.
  static let mostGroups = 256

  /// Dimensions of what is coded.
  package var dimension: Int { centroids.count / 16 }

  /// What an image of a query is multiplied with before it is compared.
  func queryScale(length: Float) -> Float {
    normalizesQueries && length > 1e-30 ? 1 / length : typicalQueryScale
  }

  /// Floats that ``project(_:_:scale:into:)`` needs room for.
  var room: Int { axes?.room ?? dimension }

  /// Writes the scaled coordinates of an image, `[dimension]`.
  func project(
    _ image: UnsafePointer<Float>,
    _ codes: borrowing CodedQuery,
    scale: Float,
    into projected: UnsafeMutablePointer<Float>
  ) {
    if let axes {
      unsafe axes.project(codes, exactly: false, scale: scale, into: projected)
    } else {
      unsafe self.scale(image, scale, into: projected)
    }
  }

  /// The same for a codebook without axes.
  func scale(
    _ image: UnsafePointer<Float>,
    _ scale: Float,
    into projected: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<dimension { unsafe projected[column] = image[column] * scale }
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
  package static func signs(dimension: Int, rowScale: Float, queryScale: Float, normalizes: Bool)
    -> Self
  {
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
