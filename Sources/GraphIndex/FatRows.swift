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

  /// Codes of an entry point, filled up to what the kernel reads at once.
  static func entryWidth(_ shape: needle_fat_shape) -> Int {
    CodedRows.Kind.nibbles.width(dimension: shape.width)
  }

  /// The upper halves of entry points' own codes, as nibbles, `[entries, entryWidth / 2]`: enough to tell
  /// which are near, and half as much to read for every query.
  func codes(of entries: EntryPoints) -> SharedArray<UInt8> {
    let (rowBytes, padded) = (self.rowBytes, Self.entryWidth(shape))
    let codes = MutableMemory<UInt8>(count: entries.nodes.count * padded / 2)
    var upper = [UInt8](repeating: 0, count: padded)
    guard let to = unsafe codes.elements.baseAddress else { return codes.frozen() }
    for place in 0..<entries.nodes.count {
      let row = Int(entries.nodes[place]) * rowBytes
      for column in 0..<width { upper[column] = rows[row + column] >> 4 }
      unsafe needle_pack_nibbles(upper, padded, to + place * padded / 2)
    }
    return codes.frozen()
  }
}
