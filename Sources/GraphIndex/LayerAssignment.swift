internal import VectorCore

/// Which rows belong to which layer, drawn from the seed before anything is built.
///
/// A row reaches layer l with probability M^−l (mL = 1/ln M in arXiv:1603.09320, §4.1). The draw
/// depends on seed and row alone, so any thread can make it in any order.
package struct LayerAssignment {
  /// The highest layer of each row, `[count]`.
  package let levels: [UInt8]
  /// The rows of each layer above the base, ascending; `rowsAbove[0]` is layer 1.
  package let rowsAbove: [[UInt32]]

  /// A graph of 2³¹ rows with M = 2 has some 31 layers; M is larger in practice.
  static let mostLayers = 32

  // swift-format-ignore: AlwaysUseLowerCamelCase
  package init(count: Int, M: Int, seed: UInt64) {
    let levels = (0..<UInt64(count)).map { row in
      Self.level(of: SplitMix64.value(seed: seed, at: row), M: UInt64(M))
    }
    let top = Int(levels.max() ?? 0)
    var rowsAbove = [[UInt32]](repeating: [], count: top)
    for (row, level) in levels.enumerated() where level > 0 {
      for layer in 0..<Int(level) { rowsAbove[layer].append(UInt32(row)) }
    }
    self.levels = levels
    self.rowsAbove = rowsAbove
  }

  /// The number of times that a uniform draw can be multiplied by M without leaving [0, 1): integer
  /// arithmetic, the same on every machine.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private static func level(of draw: UInt64, M: UInt64) -> UInt8 {
    var rest = draw
    var level = 0
    while level < mostLayers - 1 {
      let (high, low) = rest.multipliedFullWidth(by: M)
      guard high == 0 else { break }
      rest = low
      level += 1
    }
    return UInt8(level)
  }
}
