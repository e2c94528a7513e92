internal import FlatIndex
internal import IntegerScan
internal import VectorCore

/// The vectors of a set on the host, and the point that a device's products are taken from: the nearer
/// it is to all of them, the less a product in half precision is off.
struct CenteredSet: Sendable {
  let rows: ExactRows
  /// About the mean of the rows, `[dimension]`; any point would do.
  let center: [Float]
  /// The largest length of a row, rounded up.
  let largest: Double
  /// The length of ``center``, rounded up.
  let centerLength: Double

  /// Rows whose mean is taken.
  private static let sample = 16_384

  init(_ rows: ExactRows, threads: Int) {
    self.rows = rows
    let dimension = rows.dimension
    let step = max(1, rows.count / Self.sample)
    var sums = [Double](repeating: 0, count: dimension)
    let picked = stride(from: 0, to: rows.count, by: step)
    for row in picked {
      for column in 0..<dimension { sums[column] += Double(rows.values[row * dimension + column]) }
    }
    let count = Double((rows.count + step - 1) / step)
    let center = sums.map { Float($0 / count) }
    // A mean that overflows is of no use; the origin is.
    self.center =
      center.allSatisfy(\.isFinite) ? center : [Float](repeating: 0, count: dimension)
    largest = Self.largestLength(rows, threads: threads)
    centerLength = Self.length(self.center)
  }

  var count: Int { rows.count }
  var dimension: Int { rows.dimension }

  /// A power of two that brings all rows, less the center, to a length of at most 1.
  var scale: Double { Self.scale(for: largest + centerLength) }

  /// A power of two that brings a length to at most 1, within the range of single precision.
  static func scale(for length: Double) -> Double {
    guard length > 0, length.isFinite else { return 1 }
    return Double(sign: .plus, exponent: max(-100, min(100, -length.exponent - 1)), significand: 1)
  }

  /// A length in double precision, rounded up.
  static func length(_ vector: [Float]) -> Double {
    vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() * (1 + 1e-9)
  }

  private static func largestLength(_ rows: ExactRows, threads: Int) -> Double {
    let chunk = 1_024
    let chunks = MutableMemory<Double>(count: (rows.count + chunk - 1) / chunk)
    parallelFor(rows.count, chunk: chunk, threads: threads) { _, range in
      unsafe rows.values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        let lengths = range.map { row in
          unsafe squaredNorm(first + row * rows.dimension, rows.dimension)
        }
        unsafe chunks.elements[range.lowerBound / chunk] = lengths.max() ?? 0
      }
    }
    return unsafe (chunks.elements.max() ?? 0).squareRoot() * (1 + 1e-6)
  }
}
