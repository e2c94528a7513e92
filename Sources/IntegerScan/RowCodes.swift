internal import CKernels
internal import VectorCore

/// Vectors as 8-bit codes with a unit each: the query's side of an integer product.
///
/// A vector is about unit · codes. Rows lie 1, 2, 4, … or a multiple of 64 bytes apart, so that a
/// short one is on one cache line.
// @unchecked Sendable because a row is written by one thread before anybody reads it.
@safe
package final class RowCodes: @unchecked Sendable {
  /// Room for this many rows.
  package let capacity: Int
  /// Products of 4 dimensions, rounded up.
  package let steps: Int
  private let dimension: Int
  /// Bytes from one row's codes to the next's.
  package let stride: Int
  private let codes: MutableMemory<Int8>
  private let unitMemory: MutableMemory<Float>
  private let offsetMemory: MutableMemory<Int32>

  /// Makes room for `capacity` vectors.
  package init(capacity: Int, dimension: Int) {
    self.capacity = capacity
    self.dimension = dimension
    steps = Self.steps(dimension: dimension)
    stride = Self.stride(steps: steps)
    codes = MutableMemory(count: capacity * stride)
    unitMemory = MutableMemory(count: capacity)
    offsetMemory = MutableMemory(count: capacity)
  }

  /// Products of 4 dimensions that cover a vector.
  package static func steps(dimension: Int) -> Int {
    (dimension + Int(needle_code_step) - 1) / Int(needle_code_step)
  }

  /// The bytes of room for one row, unit and offset included.
  package static func bytesPerRow(dimension: Int) -> Int {
    stride(steps: steps(dimension: dimension)) + 8
  }

  private static func stride(steps: Int) -> Int {
    let bytes = steps * Int(needle_code_step)
    guard bytes < 64 else { return (bytes + 63) / 64 * 64 }
    var stride = 4
    while stride < bytes { stride *= 2 }
    return stride
  }

  /// Encodes the `dimension` values at `values` as row `row`.
  package func encode(_ values: UnsafePointer<Float>, as row: Int) {
    precondition((0..<capacity).contains(row), "row \(row) of \(capacity)")
    guard let code = unsafe codes.elements.baseAddress else { return }
    var sum: Int32 = 0
    let encode = unsafe IntegerKernels.best.encoders.pointee.query
    let unit = unsafe encode(values, dimension, steps, code + row * stride, &sum)
    unsafe unitMemory.elements[row] = unit
    unsafe offsetMemory.elements[row] = -Int32(needle_code_zero) * sum
  }

  /// The codes of a row, `[steps · 4]`.
  @unsafe
  package func codes(of row: Int) -> UnsafePointer<Int8> {
    unsafe UnsafePointer(codes.elements.baseAddress.unsafelyUnwrapped + row * stride)
  }

  /// What one code unit of a row stands for.
  package func unit(of row: Int) -> Float { unsafe unitMemory.elements[row] }

  /// −128 · Σ codes of a row.
  package func offset(of row: Int) -> Int32 { unsafe offsetMemory.elements[row] }

  /// The units of all rows, for loops that must not call.
  package var units: UnsafePointer<Float>? {
    unsafe unitMemory.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }

  /// The offsets of all rows, for loops that must not call.
  package var offsets: UnsafePointer<Int32>? {
    unsafe offsetMemory.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }
}
