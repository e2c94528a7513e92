internal import CKernels

/// Values of a query as codes of 15 bits, 128 · high + low; reused.
@safe
package struct CodedQuery: ~Copyable {
  let width: Int
  let high: UnsafeMutablePointer<Int8>
  let low: UnsafeMutablePointer<Int8>
  /// What one unit stands for.
  package private(set) var unit: Float = 1
  /// Σ high and Σ low.
  private(set) var highSum: Int32 = 0
  private(set) var lowSum: Int32 = 0

  /// Makes room for `width` codes: a multiple of 64.
  package init(width: Int) {
    self.width = width
    unsafe high = Self.allocate(width)
    unsafe low = Self.allocate(width)
  }

  private static func allocate(_ width: Int) -> UnsafeMutablePointer<Int8> {
    unsafe UnsafeMutableRawPointer.allocate(byteCount: max(width, 64), alignment: 64)
      .assumingMemoryBound(to: Int8.self)
  }

  deinit {
    unsafe high.deallocate()
    unsafe low.deallocate()
  }

  /// Encodes `count` values.
  package mutating func load(_ values: UnsafePointer<Float>, count: Int) {
    let encode = unsafe needle_code_encoders_for(needle_simd_level()).pointee.query
    unit = unsafe encode(values, count, width, high, low)
    (highSum, lowSum) = (0, 0)
    for column in 0..<width {
      unsafe highSum &+= Int32(high[column])
      unsafe lowSum &+= Int32(low[column])
    }
  }

  /// Σ (128 · high + low).
  var sum: Int { 128 * Int(highSum) + Int(lowSum) }

  /// The codes, valid until the next query.
  var wide: needle_wide_query { unsafe needle_wide_query(high: high, low: low) }
}
