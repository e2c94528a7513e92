import IntegerScan
import Testing
import VectorCore

/// Vectors encoded as the query's side of a product.
func encoded(_ values: [Float], dimension: Int) -> RowCodes {
  let count = values.count / dimension
  let codes = RowCodes(capacity: count, dimension: dimension)
  unsafe values.withUnsafeBufferPointer { values in
    guard let first = values.baseAddress else { return }
    for row in 0..<count { unsafe codes.encode(first + row * dimension, as: row) }
  }
  return codes
}

/// The codes of a row.
func codes(of row: Int, in codes: RowCodes) -> [Int] {
  let all = unsafe UnsafeBufferPointer(start: codes.codes(of: row), count: codes.steps * 4)
  return unsafe all.map { Int($0) }
}

extension ScanSpace {
  /// The image of a vector of the set.
  func image(ofVector vector: [Float]) -> [Float] {
    unsafe image(vector) { unsafe place(vector: $0, into: $1) }
  }

  /// The image of a query.
  func image(ofQuery query: [Float]) -> [Float] {
    unsafe image(query) { _ = unsafe place(query: $0, into: $1) }
  }

  /// The length of a query's image, as it is reported.
  func length(ofQuery query: [Float]) -> Float {
    var length: Float = 0
    _ = unsafe image(query) { length = unsafe place(query: $0, into: $1) }
    return length
  }

  private func image(
    _ values: [Float],
    _ place: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    var image = [Float](repeating: .nan, count: dimension)
    unsafe values.withUnsafeBufferPointer { values in
      unsafe image.withUnsafeMutableBufferPointer { image in
        guard let from = values.baseAddress, let to = image.baseAddress else { return }
        unsafe place(from, to)
      }
    }
    return image
  }
}

/// Σ left · right in double precision.
func product(_ left: [Float], _ right: [Float]) -> Double {
  zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// One row of `[count, dimension]`.
func row(_ row: Int, of values: [Float], dimension: Int) -> [Float] {
  Array(values[row * dimension..<(row + 1) * dimension])
}
