import CKernels
import Testing

private func firstNotFinite(_ values: [Float], from start: Int = 0) -> Int {
  unsafe values.withUnsafeBufferPointer { buffer in
    unsafe needle_first_not_finite(
      buffer.baseAddress.map { unsafe $0 + start },
      values.count - start
    )
  }
}

private func normalize(_ values: inout [Float], dimension: Int) -> Int {
  let rows = values.count / dimension
  return unsafe values.withUnsafeMutableBufferPointer { buffer in
    unsafe needle_normalize(buffer.baseAddress, rows, dimension)
  }
}

@Suite("Preparation kernels")
struct PrepareTests {
  @Test("finite values of every length are accepted")
  func finite() {
    for count in 0...300 {
      let extreme: Float =
        count.isMultiple(of: 2) ? .greatestFiniteMagnitude : -.leastNonzeroMagnitude
      #expect(firstNotFinite([Float](repeating: extreme, count: count)) == count)
    }
  }

  @Test(
    "the first bad value is found wherever it stands",
    arguments: [Float.nan, .infinity, -.infinity, -.nan, .signalingNaN]
  )
  func bad(value: Float) {
    for position in 0..<200 {
      var values = [Float](repeating: 1, count: 200)
      values[199] = .nan
      values[position] = value
      #expect(firstNotFinite(values) == position)
      for start in [1, 3] where start <= position {
        #expect(firstNotFinite(values, from: start) == position - start)
      }
    }
  }

  @Test("vectors of every length get unit norm and keep their direction")
  func unitNorm() {
    for dimension in 1...1_100 {
      let vector = (0..<dimension).map { Float(($0 * 7919) % 101) - 50.5 }
      var scaled = vector
      #expect(normalize(&scaled, dimension: dimension) == 1)
      let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      for (before, after) in zip(vector, scaled) {
        #expect(abs(Double(after) - Double(before) / norm) <= 1e-7 * abs(Double(after)))
      }
    }
  }

  @Test(
    "tiny and huge values keep their norm",
    arguments: [Float.leastNonzeroMagnitude, 1e-38, 1e30, 3e38]
  )
  func extremes(value: Float) {
    var vector = [value, -value, 0, value]
    #expect(normalize(&vector, dimension: 4) == 1)
    let expected = Float(1 / 3.0.squareRoot())
    #expect(vector == [expected, -expected, 0, expected])
  }

  @Test("normalizing twice gives the same bytes as once")
  func idempotent() {
    for dimension in [1, 2, 3, 50, 127, 384] {
      var vector = (0..<dimension).map { Float(($0 * 31) % 17) + 0.25 }
      #expect(normalize(&vector, dimension: dimension) == 1)
      let once = vector
      #expect(normalize(&vector, dimension: dimension) == 1)
      #expect(vector == once)
    }
  }

  @Test("the first all-zero vector stops the work and is named")
  func zero() {
    var vectors: [Float] = [3, 4, 0, -0.0, 1, 1]
    #expect(normalize(&vectors, dimension: 2) == 1)
    var fine: [Float] = [3, 4, 0, .leastNonzeroMagnitude]
    #expect(normalize(&fine, dimension: 2) == 2)
    #expect(fine == [0.6, 0.8, 0, 1])
  }
}
