internal import CKernels
internal import Glibc
internal import VectorCore

/// A score that the wanted number of vectors will almost surely exceed: what a scan can begin with
/// instead of collecting everything until it knows better.
///
/// Products of a query with the residuals of a list are taken for normally distributed, so that some
/// deviation above the product with the center leaves three times as many vectors as are wanted. It
/// is a guess: a query that finds too few above it is scanned again without.
struct ThresholdGuess {
  /// The candidates that it is for.
  let keep: Int
  /// For each list, how far above the product with its center, for a query of unit length.
  private let heights: [Float]

  /// Vectors that should lie above the guess for each that is wanted.
  private static let reserve = 3.0

  init(_ lists: InvertedLists, keep: Int) {
    self.keep = keep
    heights = (0..<lists.count).map { list in
      let size = lists.starts[list + 1] - lists.starts[list]
      let share = Self.reserve * Double(keep) / Double(max(1, size))
      return share < 0.5 ? Float(Self.deviation(leaving: share)) * lists.spreads[list] : -.infinity
    }
  }

  /// The guess for the query whose pairs begin at `first`.
  func threshold(_ pairs: PairBuffer, from first: Int, length: Float) -> Float {
    let (lists, products) = unsafe (pairs.selection.places, pairs.selection.values)
    var best = -Float.infinity
    for pair in first..<pairs.count {
      best = unsafe max(best, products[pair] + heights[Int(lists[pair])] * length)
    }
    return best
  }

  /// The deviation that a share of a normal distribution, below one half, lies above.
  ///
  /// Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23; error below 0.0005.
  static func deviation(leaving share: Double) -> Double {
    let t = (-2 * log(share)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    return t - above / below
  }
}
