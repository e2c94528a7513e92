internal import CKernels
package import VectorCore

/// How the direction from a node to a neighbor is coded: in groups of dimensions, each by one of 16
/// centroids.
///
/// With random axes and centroids ±1 this is RaBitQ, arXiv:2405.12497; with principal axes and trained
/// centroids, product quantization, doi:10.1109/TPAMI.2010.57.
package struct NeighborCodebook: Sendable {
  /// Groups, a multiple of 4.
  package let groups: Int
  /// The dimension after each group's last, `[groups]`.
  package let ends: SharedArray<UInt32>
  /// `[dimension, 16]`.
  package let centroids: SharedArray<Float>
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
      for column in 0..<dimension { unsafe projected[column] = image[column] * scale }
    }
  }

  /// The codebook as the kernels take it, valid while it is.
  var kernel: needle_fat_codebook {
    guard let ends = unsafe ends.baseAddress, let centroids = unsafe centroids.baseAddress else {
      preconditionFailure("a codebook has groups")
    }
    return unsafe needle_fat_codebook(groups: groups, ends: ends, centroids: centroids)
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
      ends: SharedArray((0..<groups).map { UInt32(min(4 * $0 + 4, dimension)) }),
      centroids: SharedArray(centroids),
      axes: nil,
      rowScale: rowScale,
      typicalQueryScale: queryScale,
      normalizesQueries: normalizes
    )
  }
}
