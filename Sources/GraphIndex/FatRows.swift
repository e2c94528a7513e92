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
  /// The entry points' own codes, `[entries, width]`.
  let entryCodes: SharedArray<UInt8>

  init(
    count: Int,
    degree: Int,
    width: Int,
    codebook: NeighborCodebook,
    unit: Float,
    rows: SharedArray<UInt8>,
    entries: EntryPoints
  ) {
    self.count = count
    self.degree = degree
    self.width = width
    self.codebook = codebook
    self.unit = unit
    self.rows = rows
    self.entries = entries
    entryCodes = Self.codes(
      of: entries,
      in: rows,
      shape: Self.shape(width: width, groups: codebook.groups, degree: degree)
    )
  }

  var shape: needle_fat_shape { Self.shape(width: width, groups: codebook.groups, degree: degree) }
  var rowBytes: Int { Int(needle_fat_row_bytes(shape)) }

  static func shape(width: Int, groups: Int, degree: Int) -> needle_fat_shape {
    needle_fat_shape(width: width, groups: groups, blocks: degree / Int(needle_fat_block))
  }

  /// The own codes of other entry points.
  func codes(of entries: EntryPoints) -> SharedArray<UInt8> {
    Self.codes(of: entries, in: rows, shape: shape)
  }

  /// The own codes of entry points, side by side.
  private static func codes(
    of entries: EntryPoints,
    in rows: SharedArray<UInt8>,
    shape: needle_fat_shape
  ) -> SharedArray<UInt8> {
    let (width, rowBytes) = (shape.width, Int(needle_fat_row_bytes(shape)))
    let codes = MutableMemory<UInt8>(count: entries.nodes.count * width)
    if let from = unsafe rows.baseAddress, let to = unsafe codes.elements.baseAddress {
      for place in 0..<entries.nodes.count {
        let row = unsafe from + Int(entries.nodes[place]) * rowBytes
        unsafe (to + place * width).update(from: row, count: width)
      }
    }
    return codes.frozen()
  }
}
