internal import CKernels
internal import VectorCore

/// A pseudo-random rotation that a seed fixes, applied in O(d log d).
///
/// It spreads the information of a vector evenly over the dimensions, so that one scale suits all
/// of them: Hadamard transforms between random sign changes, after Ailon and Chazelle, "The fast
/// Johnson–Lindenstrauss transform", doi:10.1137/060673096.
package struct Rotation: Sendable {
  /// The length of the vectors.
  package let dimension: Int
  private let signs: [Float]

  /// Draws the signs.
  package init(dimension: Int, seed: UInt64) {
    self.dimension = dimension
    signs = (0..<Int(needle_rotation_rounds) * dimension).map { place in
      SplitMix64.value(seed: seed, at: UInt64(place)) >> 63 == 0 ? 1 : -1
    }
  }

  /// Rotates the `dimension` values at `values` in place.
  package func apply(_ values: UnsafeMutablePointer<Float>) {
    let rotate = unsafe needle_rotate_for(needle_simd_level())
    unsafe signs.withUnsafeBufferPointer { signs in
      guard let signs = signs.baseAddress else { return }
      unsafe rotate(values, dimension, signs)
    }
  }
  /// Gives back what ``apply(_:)`` was given, up to rounding.
  package func undo(_ values: UnsafeMutablePointer<Float>) {
    unsafe signs.withUnsafeBufferPointer { signs in
      guard let signs = signs.baseAddress else { return }
      unsafe needle_rotate_back(values, dimension, signs)
    }
  }
}
