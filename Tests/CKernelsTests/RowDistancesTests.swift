import CKernels
import TestSupport
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private let metrics = [Metric.innerProduct, .squaredL2]

private func kernel(_ level: needle_simd, _ metric: Metric) -> needle_row_distances_pointer {
  let kernels = unsafe needle_row_kernels_for(level).pointee
  return unsafe metric == .squaredL2 ? kernels.squared_l2 : kernels.dot
}

/// Distances from row 0 to `ids`, as the kernel computes them.
private func distances(
  _ kernel: needle_row_distances_pointer,
  _ rows: [Float],
  stride: Int,
  ids: [UInt32]
) -> [Float] {
  let guardValue: Float = -12345
  let room = (ids.count + 3) / 4 * 4
  var result = [Float](repeating: guardValue, count: room + 4)
  unsafe rows.withUnsafeBufferPointer { rows in
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe result.withUnsafeMutableBufferPointer { result in
        guard
          let base = rows.baseAddress, let first = ids.baseAddress, let out = result.baseAddress
        else { return }
        unsafe kernel(base, base, stride, first, ids.count, out)
      }
    }
  }
  #expect(result[room...].allSatisfy { $0 == guardValue })
  return Array(result[..<ids.count])
}

@Test(arguments: 1...70)
func rowDistancesAgreeWithDoublePrecision(lines: Int) {
  let stride = lines * Int(needle_row_alignment)
  let rows = SyntheticVectors.uniform(9, dimension: stride, seed: UInt64(lines))
  for level in levels {
    for metric in metrics {
      let found = unsafe distances(kernel(level, metric), rows, stride: stride, ids: Array(0..<9))
      for row in 0..<9 {
        let expected = BruteForce.distance(
          rows[..<stride],
          rows[row * stride..<(row + 1) * stride],
          metric: metric
        )
        #expect(abs(Double(found[row]) - expected) <= 1e-6 * Double(stride))
      }
    }
  }
}

@Test func aRowsDistanceHasTheSameBitsWhereverItStands() {
  let stride = 64
  let rows = SyntheticVectors.uniform(40, dimension: stride)
  for level in levels {
    for metric in metrics {
      let kernel = unsafe kernel(level, metric)
      let alone = (0..<40).map { row in
        unsafe distances(kernel, rows, stride: stride, ids: [UInt32(row)])[0]
      }
      for count in 0...40 {
        let ids = (0..<UInt32(count)).map { ($0 * 7 + 3) % 40 }
        #expect(
          unsafe distances(kernel, rows, stride: stride, ids: ids) == ids.map { alone[Int($0)] }
        )
      }
    }
  }
}

private func kernel(
  _ level: needle_simd,
  halves metric: Metric
) -> needle_half_row_distances_pointer {
  let kernels = unsafe needle_row_kernels_for(level).pointee
  return unsafe metric == .squaredL2 ? kernels.squared_l2_f16 : kernels.dot_f16
}

/// Distances from `query` to rows of halves, as the kernel computes them.
private func distances(
  _ kernel: needle_half_row_distances_pointer,
  _ query: [Float],
  _ rows: [Float16],
  ids: [UInt32]
) -> [Float] {
  let guardValue: Float = -12345
  let room = (ids.count + 3) / 4 * 4
  var result = [Float](repeating: guardValue, count: room + 4)
  let halves = rows.map(\.bitPattern)
  unsafe kernel(query, halves, query.count, ids, ids.count, &result)
  #expect(result[room...].allSatisfy { $0 == guardValue })
  return Array(result[..<ids.count])
}

@Test(arguments: 1...70)
func halfRowDistancesAgreeWithDoublePrecision(lines: Int) {
  let stride = lines * Int(needle_row_alignment)
  var rows = SyntheticVectors.uniform(9, dimension: stride, seed: UInt64(lines)).map { Float16($0) }
  // Subnormal halves, the largest and zeros of both signs.
  let special: [Float16] = [.leastNonzeroMagnitude, -0x1p-15, 0, -0.0, 65_504, -65_504, 0x1p-14]
  rows.replaceSubrange(8 * stride..<8 * stride + 7, with: special)
  let query = SyntheticVectors.uniform(1, dimension: stride, seed: UInt64(lines) + 1_000)
  for level in levels {
    for metric in metrics {
      let found = unsafe distances(kernel(level, halves: metric), query, rows, ids: Array(0..<9))
      for row in 0..<9 {
        let widened = rows[row * stride..<(row + 1) * stride].map { Float($0) }
        let expected = BruteForce.distance(query, widened, metric: metric)
        let size = widened.reduce(1) {
          max($0, Double($1) * (metric == .squaredL2 ? Double($1) : 1))
        }
        #expect(abs(Double(found[row]) - expected) <= 1e-6 * Double(stride) * size)
      }
    }
  }
}

@Test func aHalfRowsDistanceHasTheSameBitsWhereverItStands() {
  let stride = 48
  let rows = SyntheticVectors.uniform(40, dimension: stride).map { Float16($0) }
  let query = SyntheticVectors.uniform(1, dimension: stride, seed: 2)
  for level in levels {
    for metric in metrics {
      let kernel = unsafe kernel(level, halves: metric)
      let alone = (0..<40).map { row in
        unsafe distances(kernel, query, rows, ids: [UInt32(row)])[0]
      }
      for count in 0...40 {
        let ids = (0..<UInt32(count)).map { ($0 * 7 + 3) % 40 }
        #expect(unsafe distances(kernel, query, rows, ids: ids) == ids.map { alone[Int($0)] })
      }
    }
  }
}
