internal import CKernels

/// Checks that `vectors` are finite and, where the metric asks for it, scales them to unit length.
///
/// - Parameters:
///   - vectors: `[n, dimension]`, row-major; changed in place for cosine.
///   - dimension: the length of each vector.
///   - metric: what they will be compared by.
///   - what: the set's name for messages.
///   - firstRow: the number of the first vector in the set, for messages.
/// - Throws: ``IndexError/notFinite(what:row:column:)``, ``IndexError/zeroVector(what:row:)``.
package func prepare(
  _ vectors: inout MutableSpan<Float>,
  dimension: Int,
  for metric: Metric,
  what: String,
  firstRow: Int
) throws(IndexError) {
  try checkFinite(vectors.span, dimension: dimension, what: what, firstRow: firstRow)
  guard metric.normalizes else { return }
  let rows = vectors.count / dimension
  let zero = unsafe vectors.withUnsafeMutableBufferPointer { buffer in
    unsafe needle_normalize(buffer.baseAddress, rows, dimension)
  }
  guard zero == rows else { throw .zeroVector(what: what, row: firstRow + zero) }
}

/// Checks that `vectors`, `[n, dimension]`, are finite.
///
/// - Throws: ``IndexError/notFinite(what:row:column:)``.
func checkFinite(
  _ vectors: Span<Float>,
  dimension: Int,
  what: String,
  firstRow: Int
) throws(IndexError) {
  let bad = unsafe vectors.withUnsafeBufferPointer { buffer in
    unsafe needle_first_not_finite(buffer.baseAddress, buffer.count)
  }
  guard bad == vectors.count else {
    throw .notFinite(what: what, row: firstRow + bad / dimension, column: bad % dimension)
  }
}
