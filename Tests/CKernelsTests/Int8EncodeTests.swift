import CKernels
import TestSupport
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private func encoders(_ level: needle_simd) -> needle_int8_encoders {
  unsafe needle_int8_encoders_for(level).pointee
}

private struct Encoded: Equatable {
  let codes: [Int8]
  let sum: Int32
  let unit: Float

  /// By the definition.
  init(_ values: [Float], steps: Int) {
    let most = values.reduce(0) { max($0, abs($1)) }
    guard most >= 1e-30 else {
      self.init(codes: .init(repeating: 0, count: steps * 4), sum: 0, unit: 1)
      return
    }
    let inverse = 127 / most
    let codes = values.map { Int8(($0 * inverse).rounded(.toNearestOrEven)) }
    self.init(
      codes: codes + .init(repeating: 0, count: steps * 4 - values.count),
      sum: codes.reduce(0) { $0 + Int32($1) },
      unit: most / 127
    )
  }

  init(codes: [Int8], sum: Int32, unit: Float) {
    self.codes = codes
    self.sum = sum
    self.unit = unit
  }
}

private func encode(_ values: [Float], steps: Int, _ level: needle_simd) throws -> Encoded {
  let codes = AlignedMemory<Int8>(count: steps * 4, canary: 99)
  var sum: Int32 = 12_345
  let unit = unsafe encoders(level).query(values, values.count, steps, codes.start, &sum)
  try #require(codes.isWhole)
  return Encoded(codes: codes.elements, sum: sum, unit: unit)
}

/// Writes `values` as row `row` of panels whose other bytes stay 7; returns the row's codes less
/// 128.
private func encodeRow(
  _ values: [Float],
  steps: Int,
  unit: Float,
  row: Int,
  _ level: needle_simd
) throws -> [Int] {
  let panels = AlignedMemory<UInt8>(count: 3 * steps * 64, canary: 7)
  unsafe encoders(level).row(values, values.count, steps, unit, panels.start, row)
  try #require(panels.isWhole)
  let bytes = panels.elements
  let places = (0..<steps * 4).map { column in
    row / 16 * steps * 64 + column / 4 * 64 + row % 16 * 4 + column % 4
  }
  let written = Set(places)
  try #require(bytes.indices.allSatisfy { written.contains($0) || bytes[$0] == 7 })
  return places.map { Int(bytes[$0]) - 128 }
}

@Suite("Integer encoders")
struct Int8EncodeTests {
  @Test("queries of every length are encoded by the definition", arguments: levels)
  func query(level: needle_simd) throws {
    for dimension in Array(1...300) + [383, 384, 1_000, 4_096] {
      let values = SyntheticVectors.uniform(1, dimension: dimension, seed: UInt64(dimension))
      let steps = (dimension + 3) / 4
      for factor: Float in [1, 1e-29, 1e-20, 3e38] {
        let scaled = values.map { $0 * factor }
        for more in [0, 1, 5] {
          let found = try encode(scaled, steps: steps + more, level)
          try #require(found == Encoded(scaled, steps: steps + more), "\(dimension), \(factor)")
        }
      }
    }
  }

  @Test("halves are rounded to even and the largest value becomes 127", arguments: levels)
  func rounding(level: needle_simd) throws {
    let values: [Float] = [127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5, 125.5, -126.5, -127, 0.499]
    let found = try encode(values, steps: 3, level)
    #expect(found.codes == [127, 0, 2, 2, 0, -2, -2, 126, 126, -126, -127, 0])
    #expect(found.unit == 1 && found.sum == 127 + 2 + 2 - 2 - 2 + 126 + 126 - 126 - 127)
    for most in SyntheticVectors.uniform(1_000, dimension: 1) where most != 0 {
      #expect(
        try encode([most, -most], steps: 1, level).codes[..<2]
          == (most > 0 ? [127, -127] : [-127, 127])
      )
    }
  }

  @Test("zero and what is as good as zero has no codes", arguments: levels)
  func zero(level: needle_simd) throws {
    for value: Float in [0, -0.0, 9e-31, -9e-31, .leastNonzeroMagnitude, 1e-38] {
      for dimension in [1, 3, 4, 65] {
        let found = try encode(.init(repeating: value, count: dimension), steps: 17, level)
        #expect(found == Encoded(codes: .init(repeating: 0, count: 68), sum: 0, unit: 1))
      }
    }
    #expect(try encode([1.1e-30, 0], steps: 1, level).codes == [127, 0, 0, 0])
  }

  @Test("rows of every length are encoded by the definition", arguments: levels)
  func rows(level: needle_simd) throws {
    for dimension in Array(1...150) + [384, 1_000] {
      let values = SyntheticVectors.uniform(1, dimension: dimension, seed: UInt64(dimension))
      let row = dimension * 7 % 48
      for unit: Float in [1 / 127, 1 / 100, 1e-4, 100, 7.9e-33] {
        let inverse = 1 / unit
        for more in [0, 2, 20] {
          let steps = (dimension + 3) / 4 + more
          let found = try encodeRow(values, steps: steps, unit: unit, row: row, level)
          let codes = values.map { value in
            Int(max(-127, min(127, (value * inverse).rounded(.toNearestOrEven))))
          }
          let padding = [Int](repeating: 0, count: steps * 4 - dimension)
          try #require(found == codes + padding, "\(dimension), unit \(unit)")
        }
      }
    }
  }

  @Test("a row's halves are rounded to even and what is too large ends at 127", arguments: levels)
  func rowRounding(level: needle_simd) throws {
    let values: [Float] = [
      0.5, 1.5, -2.5, 126.5, 127.4, -127.6, 128, -1e6, 5e6, 1e7, -2e9, 3e38, -3e38, 0, -0.0, -0.4,
    ]
    let found = try encodeRow(values, steps: 4, unit: 1, row: 17, level)
    #expect(
      found == [0, 2, -2, 126, 127, -127, 127, -127, 127, 127, -127, 127, -127, 0, 0, 0]
    )
  }

  @Test("codes are added up with the same bits", arguments: levels)
  func accumulate(level: needle_simd) throws {
    for dimension in 1...200 {
      let sums = AlignedMemory<Float>(count: dimension, canary: 0.1)
      let codes = (0..<dimension).map { Int8(truncatingIfNeeded: $0 * 73 % 255 - 127) }
      var expected = [Float](repeating: 0.1, count: dimension)
      for scale: Float in [0.3, 1e-3, -7, 1e9] {
        unsafe encoders(level).accumulate(codes, dimension, scale, sums.start)
        for index in 0..<dimension {
          let product = scale * Float(codes[index])
          expected[index] += product
        }
      }
      try #require(sums.elements == expected && sums.isWhole, "\(dimension)")
    }
  }
}
