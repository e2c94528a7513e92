import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private func encoders(_ level: needle_simd) -> needle_code_encoders {
  unsafe needle_code_encoders_for(level).pointee
}

/// A query as two bytes a dimension.
private struct WideQuery: Equatable {
  var high: [Int8]
  var low: [Int8]
  /// Bits, so that what is no number equals itself.
  var unit: UInt32

  init(_ values: [Float], width: Int, _ level: needle_simd) throws {
    let high = AlignedMemory<Int8>(count: width, canary: 99)
    let low = AlignedMemory<Int8>(count: width, canary: 99)
    let unit = unsafe encoders(level).query(values, values.count, width, high.start, low.start)
    try #require(high.isWhole && low.isWhole)
    self.high = high.elements
    self.low = low.elements
    self.unit = unit.bitPattern
  }

  /// 128 · high + low.
  var numbers: [Int] { zip(high, low).map { 128 * Int($0) + Int($1) } }
}

/// How values become codes.
private struct Scale {
  var unit: Float
  var zero: Float
  var most: UInt8

  func code(_ value: Float) -> UInt8 {
    let code = (value * (1 / unit) + zero).rounded(.toNearestOrEven)
    return UInt8(max(0, min(code, Float(most))))
  }

  func codes(_ values: [Float], width: Int, _ level: needle_simd) throws -> [UInt8] {
    let codes = AlignedMemory<UInt8>(count: width, canary: 99)
    unsafe encoders(level).codes(values, values.count, width, unit, zero, most, codes.start)
    try #require(codes.isWhole)
    return codes.elements
  }

  func rests(
    _ values: [Float],
    _ codes: [UInt8],
    unit restUnit: Float,
    width: Int,
    _ level: needle_simd
  ) throws -> [UInt8] {
    let rests = AlignedMemory<UInt8>(count: width, canary: 99)
    unsafe encoders(level)
      .rests(values, codes, values.count, width, unit, zero, restUnit, rests.start)
    try #require(rests.isWhole)
    return rests.elements
  }
}

private let scales = [
  Scale(unit: 0.01, zero: 128, most: 255), Scale(unit: 0.15, zero: 7.5, most: 15),
  Scale(unit: 2, zero: 0.5, most: 1), Scale(unit: 1e-3, zero: 127.5, most: 255),
]

/// Numbers between −1 and 1.
private func numbers(_ count: Int) -> [Float] {
  var generator = SplitMix64(seed: UInt64(count))
  return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}

/// Dimensions with widths.
private let lengths = [(1, 64), (63, 64), (64, 64), (65, 128), (100, 128), (384, 384), (960, 1024)]

@Test(arguments: lengths)
func wideQueriesHaveFifteenBits(dimension: Int, width: Int) throws {
  for factor: Float in [1, 1e-27, 1e-20, 1e30] {
    let values = numbers(dimension).map { $0 * factor }
    let largest = values.reduce(0) { max($0, abs($1)) }
    let inverse = 16192 / largest
    let expected = values.map { Int(($0 * inverse).rounded(.toNearestOrEven)) }
    for level in levels {
      let query = try WideQuery(values, width: width, level)
      #expect(query.numbers == expected + Array(repeating: 0, count: width - dimension))
      #expect(query.low.allSatisfy { -64...63 ~= $0 })
      #expect(query.unit == (largest / 16192).bitPattern)
    }
  }
}

@Test func queriesOfZerosHaveTheUnitOne() throws {
  for level in levels {
    for values: [Float] in [[], [0, -0.0, 0], [1e-31, -1e-38]] {
      let query = try WideQuery(values, width: 64, level)
      #expect(query.numbers == Array(repeating: 0, count: 64))
      #expect(query.unit == Float(1).bitPattern)
    }
  }
}

@Test(arguments: lengths)
func codesAndRestsFollowTheFormula(dimension: Int, width: Int) throws {
  let values = numbers(dimension)
  for scale in scales {
    let codes = values.map(scale.code)
    let zeros = Array(repeating: scale.code(0), count: width - dimension)
    let restUnit = scale.unit / 254
    let rests = zip(values, codes).map { value, code in
      let left = value - scale.unit * (Float(code) - scale.zero)
      let rest = (left * (1 / restUnit)).rounded(.toNearestOrEven) + 128
      return UInt8(max(0, min(rest, 255)))
    }
    let rest = Array(repeating: UInt8(128), count: width - dimension)
    for level in levels {
      #expect(try scale.codes(values, width: width, level) == codes + zeros)
      let found = try scale.rests(values, codes, unit: restUnit, width: width, level)
      #expect(found == rests + rest)
    }
  }
}

@Test func whatIsNoNumberHasTheSameCodeEverywhere() throws {
  let strange: [Float] = [
    .nan, -.nan, .infinity, -.infinity, 0, -0.0, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude,
    .leastNonzeroMagnitude, 1, -1,
  ]
  for dimension in [1, 11, 37, 64] {
    let values = (0..<dimension).map { strange[$0 % strange.count] }
    let first = try WideQuery(values, width: 64, NEEDLE_SIMD_PORTABLE)
    for level in levels {
      #expect(try WideQuery(values, width: 64, level) == first)
      for scale in scales {
        let codes = try scale.codes(values, width: 64, level)
        #expect(try codes == scale.codes(values, width: 64, NEEDLE_SIMD_PORTABLE))
        #expect(zip(values, codes).allSatisfy { !$0.isNaN || $1 == 0 })
        let rests = try scale.rests(values, codes, unit: 0.01, width: 64, level)
        #expect(
          try rests == scale.rests(values, codes, unit: 0.01, width: 64, NEEDLE_SIMD_PORTABLE)
        )
      }
    }
  }
}
