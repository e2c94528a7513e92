import CKernels
import TestSupport
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private let dimensions = Array(1...70) + [100, 384, 768, 1_000, 1_536]

private func signs(_ dimension: Int, seed: UInt64) -> [Float] {
  (0..<Int(needle_rotation_rounds) * dimension).map {
    SplitMix64.value(seed: seed, at: UInt64($0)) >> 63 == 0 ? 1 : -1
  }
}

/// Rotates a vector that starts `shift` floats behind an aligned address.
private func rotated(
  _ values: [Float],
  _ signs: [Float],
  _ level: needle_simd,
  shift: Int = 0
) throws -> [Float] {
  let memory = AlignedMemory<Float>(count: values.count + shift, canary: -12_345)
  unsafe memory.start.advanced(by: shift).update(from: values, count: values.count)
  let rotate = unsafe needle_rotate_for(level)
  unsafe rotate(memory.start + shift, values.count, signs)
  try #require(memory.isWhole && memory.elements.prefix(shift).allSatisfy { $0 == -12_345 })
  return Array(memory.elements.dropFirst(shift))
}

private func product(_ left: [Float], _ right: [Float]) -> Double {
  zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

@Suite("Rotation kernels")
struct RotateTests {
  @Test("lengths and inner products are kept", arguments: dimensions)
  func orthogonal(dimension: Int) throws {
    let signs = signs(dimension, seed: UInt64(dimension))
    let vectors = SyntheticVectors.uniform(6, dimension: dimension, seed: 2)
    let before = (0..<6).map { Array(vectors[$0 * dimension..<($0 + 1) * dimension]) }
    for level in levels {
      let after = try before.map { try rotated($0, signs, level) }
      for i in 0..<6 {
        for j in i..<6 {
          let lengths = (product(before[i], before[i]) * product(before[j], before[j])).squareRoot()
          let change = product(after[i], after[j]) - product(before[i], before[j])
          #expect(abs(change) <= 1e-5 * lengths, "vectors \(i) and \(j)")
        }
      }
    }
  }

  @Test("all levels give the same bits wherever a vector starts", arguments: dimensions)
  func sameBits(dimension: Int) throws {
    let signs = signs(dimension, seed: 3)
    let values = SyntheticVectors.uniform(1, dimension: dimension, seed: UInt64(dimension))
    let expected = try rotated(values, signs, NEEDLE_SIMD_PORTABLE).map(\.bitPattern)
    for level in levels {
      for shift in [0, 1, 3, 16] {
        #expect(try rotated(values, signs, level, shift: shift).map(\.bitPattern) == expected)
      }
    }
  }

  @Test("one value is spread over all dimensions", arguments: dimensions.filter { $0 >= 16 })
  func spreads(dimension: Int) throws {
    // Even spreading gives 1 / √d each; a value that stays in a transform of half the dimensions
    // gives √2 times that, and a normal distribution has 4 times that once in 16,000.
    for seed in 0..<20 {
      let signs = signs(dimension, seed: UInt64(seed))
      var values = [Float](repeating: 0, count: dimension)
      values[seed * 31 % dimension] = 1
      let largest = try rotated(values, signs, needle_simd_level()).reduce(0) { max($0, abs($1)) }
      #expect(largest * Float(dimension).squareRoot() <= 6, "seed \(seed)")
    }
  }

  @Test("different signs give different rotations, the same the same")
  func signsMatter() throws {
    let values = SyntheticVectors.uniform(1, dimension: 100)
    let level = needle_simd_level()
    let one = try rotated(values, signs(100, seed: 1), level)
    #expect(try rotated(values, signs(100, seed: 1), level) == one)
    #expect(try rotated(values, signs(100, seed: 2), level) != one)
  }
}
