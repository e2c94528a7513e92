extension NpyHeader {
  /// The size of every header that is written, whatever the number of rows: a multiple of 64, so
  /// that the elements are aligned.
  package static let writtenSize = 128

  /// The header that numpy itself writes for a matrix `[rows, dimension]` in C order.
  ///
  /// - Parameters:
  ///   - element: f16, f32, i32 or i64.
  ///   - rows: the number of rows.
  ///   - dimension: the elements of each.
  /// - Returns: ``writtenSize`` bytes.
  package static func encoded(_ element: ElementKind, rows: Int, dimension: Int) -> [UInt8] {
    let types: [ElementKind: String] = [
      .float16: "<f2", .float32: "<f4", .int32: "<i4", .int64: "<i8",
    ]
    let dictionary =
      "{'descr': '\(types[element] ?? "")', 'fortran_order': False, "
      + "'shape': (\(rows), \(dimension)), }"
    let length = writtenSize - magic.count - 4
    let padding = String(repeating: " ", count: length - dictionary.utf8.count - 1)
    return magic + [1, 0, UInt8(length), 0] + Array((dictionary + padding + "\n").utf8)
  }
}
