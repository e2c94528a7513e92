internal import CKernels

/// Floats of IEEE half precision, as files have them.
package enum HalfPrecision {
  /// Rounds floats to half precision.
  ///
  /// - Returns: the halves' bits, and the place of the first finite value that is too large for
  ///   one.
  package static func narrow(_ values: Span<Float>) -> (halves: [UInt16], overflow: Int?) {
    let count = values.count
    var halves = [UInt16](repeating: 0, count: count)
    let kernel = unsafe needle_convert(needle_simd_level()).pointee.to_f16
    unsafe values.withUnsafeBufferPointer { source in
      unsafe halves.withUnsafeMutableBufferPointer { target in
        unsafe kernel(source.baseAddress, count, target.baseAddress)
      }
    }
    let overflow = halves.indices.first { index in
      halves[index] & 0x7FFF == 0x7C00 && values[index].isFinite
    }
    return (halves, overflow)
  }
}
