internal import CKernels
package import IntegerScan
internal import VectorCore

/// Orthonormal axes, as bytes in panels: a projection is a product of integers.
package struct Projection: Sendable {
  /// The axes' codes, each with a unit of its own.
  package let axes: Centroids
  /// Filled up to whole panels.
  private let nothing: SharedArray<Float>

  /// The number of axes.
  package var count: Int { axes.count }

  init(_ axes: Centroids) {
    self.axes = axes
    nothing = SharedArray(Array(repeating: 0, count: axes.paddedCount))
  }

  /// Encodes axes.
  package init(_ axes: [[Float]]) {
    self.init(Centroids(Array(axes.joined()), dimension: axes[0].count))
  }

  /// Floats that a projection needs room for.
  package var room: Int { 2 * axes.paddedCount }

  /// Projects a vector, `[dimension]`; the first ``count`` of `projected`, which has ``room``.
  ///
  /// `exactly` says whether all bits of the codes count, or the upper ones only.
  package func project(
    _ vector: borrowing CodedQuery,
    exactly: Bool,
    scale: Float = 1,
    into projected: UnsafeMutablePointer<Float>
  ) {
    guard let codes = unsafe axes.codes.baseAddress, let units = unsafe axes.units.baseAddress,
      let nothing = unsafe nothing.baseAddress
    else { return }
    let unit = vector.unit * scale
    let high = unsafe probe(vector.high, sum: vector.highSum, scale: 128 * unit)
    let low = unsafe probe(vector.low, sum: vector.lowSum, scale: unit)
    let width = axes.paddedCount
    let kernel = unsafe needle_int8_kernels_for(needle_simd_level()).pointee.score
    unsafe withUnsafeTemporaryAllocation(of: needle_probe.self, capacity: 2) { probes in
      guard let first = probes.baseAddress else { return }
      unsafe first.initialize(to: high)
      unsafe (first + 1).initialize(to: low)
      unsafe kernel(
        codes,
        width / CodePanels.lanes,
        RowCodes.steps(dimension: axes.dimension),
        units,
        nothing,
        first,
        exactly ? 2 : 1,
        projected,
        width
      )
    }
    guard exactly else { return }
    for axis in 0..<count { unsafe projected[axis] += projected[width + axis] }
  }

  private func probe(_ codes: UnsafePointer<Int8>, sum: Int32, scale: Float) -> needle_probe {
    unsafe needle_probe(
      codes: codes,
      candidates: nil,
      base: 0,
      scale: scale,
      inverse: 0,
      offset: -128 &* sum,
      start: 0
    )
  }
}
