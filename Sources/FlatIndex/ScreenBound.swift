package import IntegerScan
internal import VectorCore

/// What a query must add to the integer scores of a block so that they are never too low.
///
/// Let Q and Y be the exact images of a query and a row, Q·Y their product, q̂ and ŷ the values of
/// their codes. By Cauchy and Schwarz
///
///     Q·Y − q̂·ŷ = (Q − q̂)·Y + q̂·(Y − ŷ) ≤ |Q − q̂| |Y| + |q̂| |Y − ŷ|.
///
/// The image that is computed differs from the exact one by at most ρ times its length, ρ being
/// ``rounding(dimension:)``. And the score f that the flat scan computes in single precision differs
/// from the exact one by at most γ |q| |x| for inner products, γ |q − x|² for distances, γ being the
/// usual n·u / (1 − n·u) for n operations in a row (Higham, Accuracy and Stability of Numerical
/// Algorithms, 2nd edition, section 3.1). So a row whose f exceeds T is never below
/// ``threshold(for:)`` less ``slack(length:error:norm:)`` in the integer scan.
package struct ScreenBound {
  private let metric: Metric
  /// |Q − q̂|, |q̂| and |q|, each rounded up.
  private let queryError: Double
  private let codeLength: Double
  private let queryNorm: Double
  /// What Q·Y exceeds q·x, or −|q − x|² / 2, by.
  private let offset: Double
  private let gamma: Double

  /// The unit roundoff of single precision.
  private static let u = 0x1p-24

  /// ρ: each of a rotation's stages rounds once, relative to the vector's length, and so do the
  /// sign changes' scale and the subtraction of the mean.
  static func rounding(dimension: Int) -> Double {
    let stages = Double(Int.bitWidth - dimension.leadingZeroBitCount)
    return 1.1 * (4 * (stages + 3) + 3) * u
  }

  /// The error of the extra dimension that holds the norm, for |x − mean|² of at most `largest`.
  static func normError(_ largest: Double, _ space: ScanSpace) -> Double {
    1.1 * u * (largest + Double(space.normMean)) / Double(space.normWeight)
  }

  /// Measures an encoded query.
  ///
  /// - Parameters:
  ///   - query: the query itself, `[dimension]`.
  ///   - image: its image in `space`, as computed.
  ///   - codes: the image's codes.
  ///   - unit: what one code unit stands for.
  ///   - space: where rows and queries are encoded.
  package init(
    query: UnsafePointer<Float>,
    image: UnsafePointer<Float>,
    codes: UnsafePointer<Int8>,
    unit: Float,
    space: ScanSpace
  ) {
    metric = space.metric
    var (error, length, image2, norm, product, centred) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for column in 0..<space.dimension {
      let code = unsafe Double(unit) * Double(codes[column])
      let value = unsafe Double(image[column])
      error += (value - code) * (value - code)
      length += code * code
      image2 += value * value
    }
    for column in space.mean.indices {
      let (value, mean) = unsafe (Double(query[column]), Double(space.mean[column]))
      norm += value * value
      product += value * mean
      centred += (value - mean) * (value - mean)
    }
    let rounding = Self.rounding(dimension: space.dimension)
    queryError = (error.squareRoot() + rounding * image2.squareRoot()) * (1 + 1e-9)
    codeLength = length.squareRoot() * (1 + 1e-9)
    queryNorm = norm.squareRoot() * (1 + 1e-9)
    offset = metric == .squaredL2 ? (centred + Double(space.normMean)) / 2 : -product
    let operations = Double(space.mean.count + 4) * Self.u
    gamma = operations < 0.5 ? operations / (1 - operations) : .infinity
  }

  /// What to add to the integer scores of a block; infinity where there is no bound.
  package func slack(length: Float, error: Float, norm: Float) -> Float {
    let codes = queryError * Double(length) + codeLength * Double(error)
    let most = queryNorm * Double(norm)
    // A sum that overflows on its way is off by any amount. For distances it is off to infinity,
    // which is the lowest score.
    guard metric == .squaredL2 || most < Double(Float.greatestFiniteMagnitude) / 2 else {
      return .infinity
    }
    let score = metric == .squaredL2 ? 0 : gamma * most
    return Float((codes + score) * (1 + 1e-6)).nextUp
  }

  /// The least exact product of a row whose computed score exceeds `score`; minus infinity for a
  /// score that is no number, which is what the first rows meet.
  package func threshold(for score: Float) -> Float {
    guard score > -.infinity else { return -.infinity }
    let exact = metric == .squaredL2 ? Double(score) * (1 + 2 * gamma) / 2 : Double(score)
    let sum = exact + offset
    return Float(sum - (abs(exact) + abs(offset)) * 1e-9).nextDown
  }
}
