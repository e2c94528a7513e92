internal import CKernels

/// A query in every form that a layout may ask for; valid while its owner is.
@unsafe
struct WalkQuery {
  /// The vector itself, filled up with zeros to whole cache lines.
  let values: UnsafePointer<Float>?
  /// Its codes, 128 · high + low, in the scan space.
  let wide: needle_wide_query
  /// 128 · Σ high.
  let highOffset: Int32
  /// Products with the centroids of neighbors' codes, and what turns products into scores.
  let fat: needle_fat_query?

  init(
    values: UnsafePointer<Float>?,
    wide: needle_wide_query,
    highOffset: Int32,
    fat: needle_fat_query?
  ) {
    unsafe self.values = unsafe values
    unsafe self.wide = unsafe wide
    unsafe self.highOffset = highOffset
    unsafe self.fat = unsafe fat
  }

  /// A row of a graph under construction.
  init(row: UnsafePointer<Int8>, excess: Int32) {
    unsafe self.init(
      values: nil,
      wide: needle_wide_query(high: row, low: row),
      highOffset: excess,
      fat: nil
    )
  }
}
