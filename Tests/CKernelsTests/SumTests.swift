import CKernels
import TestSupport
import Testing

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private func sums(_ kernel: needle_sum_pointer, _ first: [Float], _ second: [Float]) -> [Double] {
  var sums = [Double](repeating: .nan, count: Int(needle_sum_lanes))
  unsafe kernel(first, second, first.count, &sums)
  return sums
}

/// The sums as needle_sums.h has them, term by term.
private func expected(
  _ first: [Float],
  _ second: [Float],
  _ term: (Double, Double) -> Double
) -> [Double] {
  var sums = [Double](repeating: 0, count: Int(needle_sum_lanes))
  for (place, (left, right)) in zip(first, second).enumerated() {
    sums[place % sums.count] += term(Double(left), Double(right))
  }
  return sums
}

@Suite("Sum kernels")
struct SumTests {
  @Test(
    "all levels give the sums of the terms, bit for bit",
    arguments: Array(0...40) + [384, 1_537]
  )
  func exact(count: Int) {
    let first = SyntheticVectors.uniform(1, dimension: count, seed: 1)
    let second = SyntheticVectors.uniform(1, dimension: count, seed: 2).map { 1e6 * $0 }
    for level in levels {
      let kernels = unsafe needle_sum_kernels_for(level).pointee
      #expect(unsafe sums(kernels.products, first, second) == expected(first, second, *))
      let squares = expected(first, second) { ($0 - $1) * ($0 - $1) }
      #expect(unsafe sums(kernels.squared_differences, first, second) == squares)
    }
  }

  @Test("values whose products float32 cannot hold are summed")
  func extremes() {
    let values: [Float] = [.greatestFiniteMagnitude, .leastNonzeroMagnitude, -1, 0]
    for level in levels {
      let kernels = unsafe needle_sum_kernels_for(level).pointee
      let squares = values.map { Double($0) * Double($0) } + [0, 0, 0, 0]
      #expect(unsafe sums(kernels.products, values, values) == squares)
      let differences = unsafe sums(kernels.squared_differences, values, values)
      #expect(differences == Array(repeating: 0, count: Int(needle_sum_lanes)))
    }
  }
}
