import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private enum Kind: CaseIterable {
  case bytes, nibbles, bits

  var most: UInt8 {
    switch self {
    case .bytes: 255
    case .nibbles: 15
    case .bits: 1
    }
  }

  /// Bytes of a row's codes.
  func bytes(width: Int) -> Int {
    switch self {
    case .bytes: width
    case .nibbles: width / 2
    case .bits: width / 8
    }
  }

  func kernel(_ level: needle_simd) -> needle_code_products_pointer {
    let kernels = unsafe needle_code_kernels_for(level).pointee
    switch self {
    case .bytes: return unsafe kernels.bytes
    case .nibbles: return unsafe kernels.nibbles
    case .bits: return unsafe kernels.bits
    }
  }
}

/// A query and rows of codes, some bytes apart that are no codes.
private struct Scene {
  let kind: Kind
  let width: Int
  let query: [Int8]
  /// One byte a dimension, `[rows, width]`.
  let codes: [UInt8]
  let packed: AlignedMemory<UInt8>
  let stride: Int

  init(_ kind: Kind, width: Int, rows: Int, query: [Int8], codes: [UInt8]) {
    self.kind = kind
    self.width = width
    self.query = query
    self.codes = codes
    stride = (kind.bytes(width: width) + 63) / 64 * 64 + 64
    packed = AlignedMemory(count: rows * stride, canary: 0xA5)
    for row in 0..<rows {
      let own = Array(codes[row * width..<(row + 1) * width])
      let to = unsafe packed.start + row * stride
      switch kind {
      case .bytes: unsafe to.update(from: own, count: width)
      case .nibbles: unsafe needle_pack_nibbles(own, width, to)
      case .bits: unsafe needle_pack_bits(own, width, to)
      }
    }
  }

  init(_ kind: Kind, width: Int, rows: Int, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    self.init(
      kind,
      width: width,
      rows: rows,
      query: (0..<width).map { _ in Int8.random(in: -128...127, using: &generator) },
      codes: (0..<rows * width).map { _ in UInt8.random(in: 0...kind.most, using: &generator) }
    )
  }

  func products(_ ids: [UInt32], _ level: needle_simd) throws -> [Int32] {
    let room = (ids.count + 3) / 4 * 4
    let found = AlignedMemory<Int32>(count: room, canary: -77)
    unsafe kind.kernel(level)(query, packed.start, stride, width, ids, ids.count, found.start)
    try #require(found.isWhole)
    return Array(found.elements[..<ids.count])
  }

  func product(_ row: Int) -> Int32 {
    zip(query, codes[row * width..<(row + 1) * width]).reduce(0) {
      $0 + Int32($1.0) * Int32($1.1)
    }
  }
}

@Test(arguments: 1...16)
func codeProductsAreSums(lines: Int) throws {
  for kind in Kind.allCases where kind != .nibbles || lines % 2 == 0 {
    let scene = Scene(kind, width: 64 * lines, rows: 23, seed: UInt64(lines))
    let expected = (0..<23).map(scene.product)
    for level in levels {
      for count in Array(0...36) + [60, 70, 150, 301] {
        let ids = (0..<count).map { UInt32(($0 * 7 + count) % 23) }
        let found = try scene.products(ids, level)
        try #require(found == ids.map { expected[Int($0)] }, "\(kind) \(count) \(level)")
      }
    }
  }
}

@Test func codeProductsOfTheLargestNumbersDoNotOverflow() throws {
  for kind in Kind.allCases {
    for width in [128, 384, 1024] {
      for value in [Int8.min, -127, 127] {
        let scene = Scene(
          kind,
          width: width,
          rows: 2,
          query: Array(repeating: value, count: width),
          codes: Array(repeating: kind.most, count: width) + Array(repeating: 0, count: width)
        )
        let expected = Int32(width) * Int32(value) * Int32(kind.most)
        for level in levels {
          #expect(
            try scene.products([0, 1, 0, 0, 1, 0], level)
              == [1, 0, 1, 1, 0, 1].map { $0 * expected }
          )
        }
      }
    }
  }
}
