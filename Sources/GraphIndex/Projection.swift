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
  package var room: Int { 2 * probeRoom }
  /// Floats that a probe writes.
  var probeRoom: Int { axes.paddedCount }

  /// Projects a vector, `[dimension]`; the first ``count`` of `projected`, which has ``room``.
  ///
  /// `exactly` says whether all bits of the codes count, or the upper ones only.
  package func project(
    _ vector: borrowing CodedQuery,
    exactly: Bool,
    scale: Float = 1,
    into projected: UnsafeMutablePointer<Float>
  ) {
    let each = exactly ? 2 : 1
    let view = unsafe view
    unsafe withUnsafeTemporaryAllocation(of: needle_probe.self, capacity: each) { probes in
      guard let first = probes.baseAddress else { return }
      unsafe view.aim(first, count: each, vector, scale)
      unsafe view.project(first, count: each, into: projected)
    }
    if exactly { unsafe view.join(projected) }
  }

  /// The axes as pointers, valid while the projection is.
  var view: ProjectionView { unsafe ProjectionView(axes, nothing: nothing) }
}

/// Axes as pointers, valid while they are.
@unsafe
struct ProjectionView {
  private let codes: UnsafePointer<UInt8>
  private let units: UnsafePointer<Float>
  private let nothing: UnsafePointer<Float>
  private let steps: Int
  let count: Int
  /// Floats that a probe writes.
  let probeRoom: Int

  fileprivate init(_ axes: Centroids, nothing: SharedArray<Float>) {
    guard let codes = unsafe axes.codes.baseAddress, let units = unsafe axes.units.baseAddress,
      let nothing = unsafe nothing.baseAddress
    else { preconditionFailure("a projection has axes") }
    unsafe (self.codes, self.units, self.nothing) = unsafe (codes, units, nothing)
    unsafe steps = RowCodes.steps(dimension: axes.dimension)
    unsafe count = axes.count
    unsafe probeRoom = axes.paddedCount
  }

  /// Makes probes of a vector: of its upper bits, and of its lower ones where there are to be 2.
  func aim(
    _ probes: UnsafeMutablePointer<needle_probe>,
    count: Int,
    _ vector: borrowing CodedQuery,
    _ scale: Float
  ) {
    let unit = vector.unit * scale
    unsafe probes[0] = probe(vector.high, sum: vector.highSum, scale: 128 * unit)
    if count > 1 { unsafe probes[1] = probe(vector.low, sum: vector.lowSum, scale: unit) }
  }

  /// Projects by probes, ``probeRoom`` floats each.
  func project(
    _ probes: UnsafePointer<needle_probe>,
    count: Int,
    into projected: UnsafeMutablePointer<Float>
  ) {
    unsafe needle_int8_kernels_for(needle_simd_level()).pointee.score(
      codes,
      probeRoom / CodePanels.lanes,
      steps,
      units,
      nothing,
      probes,
      count,
      projected,
      probeRoom
    )
  }

  /// Adds what the lower bits came to.
  func join(_ projected: UnsafeMutablePointer<Float>) {
    let low = unsafe projected + probeRoom
    for axis in unsafe 0..<count { unsafe projected[axis] += low[axis] }
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
