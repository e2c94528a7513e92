internal import FlatIndex
internal import Torch
internal import VectorCore

/// How far the scores of a device are from those of the backend `flat`.
///
/// Let z and y be a scaled query and a scaled row, both less the center where the metric is a distance,
/// ẑ and ŷ their rounded forms, whose product the device computes. By Cauchy and Schwarz
///
///     |z·y − ẑ·ŷ| ≤ |z − ẑ| |y| + |ẑ| |y − ŷ|.
///
/// The device's sum of n products differs from the exact one by at most γ |ẑ| |ŷ|, γ being n·u / (1 − n·u)
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1), where u is taken
/// four times that of single precision, since matrix units cut what they align; and the result is
/// rounded once to the type of the products. An exact score is then turned into one of the host, by a
/// factor and a term for each query, which is off by γ of single precision again.
struct ScreenRadius {
  /// A host's score is `factor` times a device's, plus ``shifts``.
  let factor: Double
  /// For each query.
  let shifts: [Double]
  /// For each query: how far a score so turned is from the exact one, but for the last rounding.
  private let radii: [Double]
  /// The last rounding, relative.
  private let rounding: Double
  private let metric: Metric
  private let gamma: Double
  /// How far a host's score is from the exact one, for each query; for distances that adds to a part of
  /// the score.
  private let hostErrors: [Double]

  /// Half of the smallest number of half precision.
  private static let tiny = 0x1p-25
  private static let single = 0x1p-24

  static func roundoff(_ dtype: DType) -> Double {
    switch dtype {
    case .float16: 0x1p-11
    case .bfloat16: 0x1p-8
    default: single
    }
  }

  /// n·u / (1 − n·u); infinity where that says nothing.
  private static func gamma(_ operations: Int, _ u: Double) -> Double {
    let product = Double(operations) * u
    return product < 0.5 ? product / (1 - product) : .infinity
  }

  /// - Parameters:
  ///   - exact: what the host knows of queries.
  ///   - range: which of them.
  ///   - queries: these on the device.
  ///   - rows: the rows that they were compared with.
  ///   - set: the whole set.
  init(
    _ exact: HostQueries,
    _ range: Range<Int>,
    _ queries: DeviceQueries,
    _ rows: DeviceRows,
    of set: CenteredSet
  ) {
    let isDistance = rows.halfSquares != nil
    metric = set.rows.metric
    let n = set.dimension + 8
    let u = Self.roundoff(rows.values.dtype)
    // Lengths were summed up by the device, in single precision.
    let slack = 1.001 + Self.gamma(n, 4 * Self.single)
    let sum = Self.gamma(n, 4 * Self.single)
    let scale = queries.scale * rows.scale
    let halfSquare = rows.largest * rows.largest / 2 * (queries.scale / rows.scale)
    factor = (isDistance ? 2 : 1) / scale
    rounding = isDistance ? 0 : 1.01 * u
    gamma = Self.gamma(set.dimension + 4, Self.single)
    let factor = factor
    radii = queries.lengths.indices.map { query in
      let (length, off) = (queries.lengths[query], queries.errors[query])
      let (rounded, row) = (length + off, rows.largest + rows.error)
      var radius = off * rows.largest + rounded * rows.error + sum * rounded * row + Self.tiny
      // Taking the center off rounded, too.
      radius += 4 * Self.single * (length * rows.largest + halfSquare)
      if isDistance {
        radius += 1.01 * u * rounded * row + sum * halfSquare
        radius += Self.single * (rounded * row + halfSquare)
      }
      return radius * slack * factor
    }
    shifts = range.map { exact.shifts[$0] }
    // What products lose that are too small for single precision.
    let lost = Double(n) * 0x1p-149
    let (gamma, largest) = (gamma, set.largest)
    hostErrors = range.map { query in
      let length = exact.lengths[query]
      guard !isDistance else { return lost }
      let most = length * largest
      // A sum that overflows on its way is off by any amount.
      return most < Double(Float.greatestFiniteMagnitude) / 2 ? gamma * most + lost : .infinity
    }
  }

  /// The least and the largest score that the host can have for a row, by the device's.
  ///
  /// For a ceiling the largest holds for all scores below it, too.
  func bounds(_ score: Float, query: Int) -> ClosedRange<Double> {
    let middle = factor * Double(score) + shifts[query]
    let off =
      radii[query] + rounding * abs(factor * Double(score)) + 1e-9
      * (abs(middle) + abs(shifts[query]))
    guard middle.isFinite, off.isFinite else { return -.infinity ... .infinity }
    return hostScore(middle - off, query, -1)...hostScore(middle + off, query, 1)
  }

  /// What the host may compute for an exact score, at the least or the most.
  private func hostScore(_ exact: Double, _ query: Int, _ sign: Double) -> Double {
    let off = hostErrors[query] + (metric == .squaredL2 ? 2 * gamma * abs(exact) : 0)
    let bound = exact + sign * off
    return metric == .squaredL2 ? min(bound, 0) : bound
  }
}
