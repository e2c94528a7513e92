import CKernels
import Testing

/// The instruction sets that this CPU can run.
private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private func kernels(_ level: needle_simd) -> needle_convert_kernels {
  unsafe needle_convert(level).pointee
}

/// Converts elements that start `shift` bytes behind an aligned address, and checks that nothing
/// is written past the end.
private func convert<Element: BitwiseCopyable>(
  _ elements: some Collection<Element>,
  shift: Int = 0,
  _ kernel: needle_to_f32
) throws -> [Float] {
  let size = MemoryLayout<Element>.size
  let elements = Array(elements)
  var bytes = [UInt8](repeating: 0xFF, count: shift + elements.count * size)
  unsafe bytes.withUnsafeMutableBytes { buffer in
    for (index, element) in elements.enumerated() {
      unsafe buffer.storeBytes(of: element, toByteOffset: shift + index * size, as: Element.self)
    }
  }
  let guardValue: Float = -12345
  var result = [Float](repeating: guardValue, count: elements.count + 20)
  unsafe bytes.withUnsafeBytes { source in
    unsafe result.withUnsafeMutableBufferPointer { target in
      unsafe kernel(
        source.baseAddress.map { unsafe $0 + shift },
        elements.count,
        target.baseAddress
      )
    }
  }
  try #require(result[elements.count...].allSatisfy { $0 == guardValue })
  return Array(result[..<elements.count])
}

private func narrowed(_ values: [Float], _ kernel: needle_f32_to_f16) -> [UInt16] {
  var halves = [UInt16](repeating: 0xABCD, count: values.count + 8)
  unsafe values.withUnsafeBufferPointer { source in
    unsafe halves.withUnsafeMutableBufferPointer { target in
      unsafe kernel(source.baseAddress, values.count, target.baseAddress)
    }
  }
  #expect(halves[values.count...].allSatisfy { $0 == 0xABCD })
  return Array(halves[..<values.count])
}

/// Equal bit for bit, except that any NaN equals any other.
private func same(_ left: [Float], _ right: [Float]) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

/// Values whose bits are spread over the whole range of `Element`.
private func spread<Element>(_ count: Int, _ make: (UInt64) -> Element) -> [Element] {
  (0..<UInt64(count)).map { index in
    var z = (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    return make(z ^ (z >> 27))
  }
}

/// One element type: its kernel gives what `expected` gives, for every length and start.
private func check<Element: BitwiseCopyable>(
  _ elements: [Element],
  _ kernel: needle_to_f32,
  _ expected: (Element) -> Float
) throws {
  let whole = elements.map(expected)
  for count in 0...elements.count {
    let converted = try unsafe convert(elements.prefix(count), shift: count % 13, kernel)
    try #require(same(converted, Array(whole.prefix(count))), "\(Element.self), \(count)")
  }
}

@Suite("Conversion kernels")
struct ConvertTests {
  @Test("every half converts exactly", arguments: levels)
  func everyHalf(level: needle_simd) throws {
    let halves = (0...UInt16.max).map { $0 }
    let converted = try unsafe convert(halves, kernels(level).from_f16)
    for half in halves {
      let expected = Float(portable: half)
      let actual = converted[Int(half)]
      if expected.isNaN {
        #expect(actual.isNaN && (actual.sign == .minus) == (half & 0x8000 != 0), "half \(half)")
      } else {
        #expect(actual.bitPattern == expected.bitPattern, "half \(half)")
      }
    }
  }

  @Test("every half agrees with the language's own type", arguments: levels)
  func everyHalfAgainstFloat16(level: needle_simd) throws {
    let halves = (0...UInt16.max).map { $0 }
    let converted = try unsafe convert(halves, kernels(level).from_f16)
    #expect(same(converted, halves.map { Float(Float16(bitPattern: $0)) }))
  }

  @Test("floats are rounded to halves as the language does it", arguments: levels)
  func toHalf(level: needle_simd) throws {
    var values = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }
    // Between each two neighbouring halves: the middle, and the floats beside it.
    for half in UInt16(0)..<0x7BFF {
      let below = Float(Float16(bitPattern: half))
      let middle = below + (Float(Float16(bitPattern: half + 1)) - below) / 2
      values += [middle, middle.nextUp, middle.nextDown, -middle, -middle.nextUp]
    }
    values += [65_504, 65_519.996, 65_520, 65_536, 1e9, .greatestFiniteMagnitude, .infinity]
    values += [.leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-25, 0x1.000002p-25, -0x1p-26]
    values += spread(100_000) { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    let halves = unsafe narrowed(values, kernels(level).to_f16)
    for (value, half) in zip(values, halves) {
      let expected = Float16(value)
      let actual = Float16(bitPattern: half)
      let agree = actual.bitPattern == expected.bitPattern || (actual.isNaN && expected.isNaN)
      if !agree { Issue.record("\(value): \(actual), not \(expected)") }
    }
  }

  @Test("kernels agree with plain conversions for every length and start", arguments: levels)
  func lengthsAndStarts(level: needle_simd) throws {
    let table = kernels(level)
    try unsafe check(spread(1_100) { UInt16(truncatingIfNeeded: $0) }, table.from_f16) {
      Float(portable: $0)
    }
    try unsafe check(
      spread(1_100) { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) },
      table.from_f32
    ) { $0 }
    try unsafe check(spread(1_100) { Double(bitPattern: $0) }, table.from_f64) { Float($0) }
    try unsafe check(spread(1_100) { Double(Int64(bitPattern: $0)) * 1e-12 }, table.from_f64) {
      Float($0)
    }
    try unsafe check(spread(1_100) { Int32(truncatingIfNeeded: $0) }, table.from_i32) { Float($0) }
    try unsafe check(spread(1_100) { Int8(truncatingIfNeeded: $0) }, table.from_i8) { Float($0) }
    try unsafe check(spread(1_100) { UInt8(truncatingIfNeeded: $0) }, table.from_u8) { Float($0) }
  }

  @Test("halves are written for every length", arguments: levels)
  func narrowLengths(level: needle_simd) throws {
    let values = spread(1_100) { Float(Int32(truncatingIfNeeded: $0)) / 65_536 }
    let whole = values.map { Float16($0).bitPattern }
    for count in 0...1_100 {
      let some = unsafe narrowed(Array(values.prefix(count)), kernels(level).to_f16)
      try #require(some == Array(whole.prefix(count)))
    }
  }

  @Test("a double too large for a float becomes an infinity", arguments: levels)
  func overflow(level: needle_simd) throws {
    let values: [Double] = [1e39, -1e39, 3.402_823_5e38, 1e-50, .nan, .infinity, 0.1]
    let converted = try unsafe convert(values, kernels(level).from_f64)
    #expect(
      same(converted, [.infinity, -.infinity, .greatestFiniteMagnitude, 0, .nan, .infinity, 0.1])
    )
  }
}

extension Float {
  /// The value of a half by its definition.
  fileprivate init(portable half: UInt16) {
    let exponent = Int(half >> 10) & 0x1F
    let fraction = Float(half & 0x3FF)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1_024)
      }
    self = half & 0x8000 == 0 ? magnitude : -magnitude
  }
}
