internal import VectorCore

/// Orthonormal axes along which vectors vary most, in falling order: orthogonal iteration, Golub and
/// Van Loan, "Matrix Computations", 7.3.2.
///
/// Axes of nearly equal variance may come out mixed, which does no harm here. Sums run in a fixed
/// order, so that the result is the same on every processor and for any number of threads.
package struct PrincipalAxes: Sendable {
  /// `[count][dimension]`.
  package private(set) var axes: [[Float]]

  private static let rounds = 10
  /// The part of an axis below which what is left of it is rounding.
  private static let dependent: Float = 1e-4

  /// Finds `count` axes of `vectors`, each as long.
  package init(of vectors: [[Float]], count: Int, seed: UInt64, threads: Int) {
    let dimension = vectors[0].count
    let moments = Self.moments(of: vectors, threads: threads)
    axes = (0..<count).map { axis in
      (0..<dimension).map { column in
        let draw = SplitMix64.value(seed: seed, at: UInt64(axis * dimension + column))
        return Float(Int64(bitPattern: draw) >> 40)
      }
    }
    orthonormalize()
    for _ in 0..<Self.rounds {
      let previous = axes
      axes = Self.rows(count, threads: threads) { axis in
        Self.combination(of: moments, weights: previous[axis])
      }
      orthonormalize()
    }
  }

  /// Σ vector · vectorᵀ.
  private static func moments(of vectors: [[Float]], threads: Int) -> [[Float]] {
    rows(vectors[0].count, threads: threads) { row in
      var sums = [Float](repeating: 0, count: vectors[0].count)
      for vector in vectors { add(vector, times: vector[row], to: &sums) }
      return sums
    }
  }

  /// Computes rows in parallel.
  private static func rows(
    _ count: Int,
    threads: Int,
    _ row: @Sendable (Int) -> [Float]
  ) -> [[Float]] {
    let width = row(0).count
    let result = MutableMemory<Float>(count: count * width)
    parallelFor(count, chunk: 8, threads: threads) { _, range in
      for index in range {
        for (column, value) in row(index).enumerated() {
          unsafe result.elements[index * width + column] = value
        }
      }
    }
    return (0..<count).map { index in
      unsafe Array(result.elements[index * width..<(index + 1) * width])
    }
  }

  private static func combination(of rows: [[Float]], weights: [Float]) -> [Float] {
    var sums = [Float](repeating: 0, count: rows[0].count)
    for (row, weight) in zip(rows, weights) { add(row, times: weight, to: &sums) }
    return sums
  }

  /// Gram–Schmidt, twice for its rounding; an axis that depends on those before it becomes zero.
  private mutating func orthonormalize() {
    for axis in axes.indices {
      var current = axes[axis]
      let before = Self.product(current, current).squareRoot()
      for _ in 0..<2 {
        for earlier in 0..<axis {
          Self.add(axes[earlier], times: -Self.product(axes[earlier], current), to: &current)
        }
      }
      let length = Self.product(current, current).squareRoot()
      let scale = length > Self.dependent * before ? 1 / length : 0
      axes[axis] = current.map { $0 * scale }
    }
  }

  private static func add(_ vector: [Float], times factor: Float, to sums: inout [Float]) {
    unsafe vector.withUnsafeBufferPointer { vector in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        for column in vector.indices { unsafe sums[column] += factor * vector[column] }
      }
    }
  }

  static func product(_ first: [Float], _ second: [Float]) -> Float {
    var sums = SIMD8<Float>.zero
    unsafe first.withUnsafeBufferPointer { first in
      unsafe second.withUnsafeBufferPointer { second in
        let whole = first.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
          for lane in 0..<8 { unsafe sums[lane] += first[start + lane] * second[start + lane] }
        }
        for place in whole..<first.count {
          unsafe sums[place - whole] += first[place] * second[place]
        }
      }
    }
    return sums.sum()
  }
}
