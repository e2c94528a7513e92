internal import CKernels
internal import VectorCore

/// The nodes of a fat layout.
struct FatRows: Sendable {
  let count: Int
  let degree: Int
  let width: Int
  let codebook: NeighborCodebook
  /// What one unit of the own codes stands for.
  let unit: Float
  /// Rows as ``needle_fat_shape`` describes them.
  let rows: SharedArray<UInt8>
  let entries: EntryPoints

  var shape: needle_fat_shape { Self.shape(width: width, groups: codebook.groups, degree: degree) }
  var rowBytes: Int { Int(needle_fat_row_bytes(shape)) }

  static func shape(width: Int, groups: Int, degree: Int) -> needle_fat_shape {
    needle_fat_shape(width: width, groups: groups, blocks: degree / Int(needle_fat_block))
  }
}
