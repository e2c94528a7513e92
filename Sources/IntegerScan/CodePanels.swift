internal import CKernels

/// Vector codes as the integer kernels read them: the other side of the product.
///
/// ```
/// panel 0                                          panel 1
/// ┌──────────────────────┬──────────────────────┬─ ┌────
/// │ dimensions 0 … 3     │ dimensions 4 … 7     │… │
/// │ of row 0, 1 … 15     │ of row 0, 1 … 15     │  │ rows 16 … 31
/// └──────────────────────┴──────────────────────┴─ └────
/// ```
/// One byte a value: round(value / unit) + 128, within 1…255. Lanes without a row and dimensions
/// past the last hold 128, which is zero.
package enum CodePanels {
  /// Rows in a panel.
  package static let lanes = Int(needle_code_lanes)

  /// Panels that hold `count` rows.
  package static func panelCount(_ count: Int) -> Int { (count + lanes - 1) / lanes }

  /// The bytes of one panel.
  package static func panelBytes(dimension: Int) -> Int {
    RowCodes.steps(dimension: dimension) * Int(needle_code_step) * lanes
  }

  /// The unit for values of at most `largest`: a code for it is 127.
  package static func unit(largest: Float) -> Float { largest < 1e-30 ? 1 : largest / 127 }

  /// Writes the codes of `values`, `[dimension]`, as row `row` of `panels`.
  package static func encode(
    _ values: UnsafePointer<Float>,
    dimension: Int,
    unit: Float,
    row: Int,
    of panels: UnsafeMutablePointer<UInt8>
  ) {
    let steps = RowCodes.steps(dimension: dimension)
    unsafe IntegerKernels.best.encoders.pointee.row(values, dimension, steps, unit, panels, row)
  }

  /// The code of one value, less 128: what the scan multiplies with.
  package static func code(
    _ panels: UnsafePointer<UInt8>,
    dimension: Int,
    row: Int,
    column: Int
  ) -> Int {
    let step = Int(needle_code_step)
    let place =
      row / lanes * panelBytes(dimension: dimension) + column / step * lanes * step
      + row % lanes * step + column % step
    return unsafe Int(panels[place]) - Int(needle_code_zero)
  }
}
