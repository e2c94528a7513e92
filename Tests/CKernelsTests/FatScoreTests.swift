import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private let block = Int(needle_fat_block)

/// A row in pieces, and what asks for its scores.
private struct FatScene {
  let shape: needle_fat_shape
  let own: [UInt8]
  /// `[blocks · 32, groups]`.
  let codes: [[UInt8]]
  let bases: [Float16]
  let factors: [Float16]
  let nodes: [UInt32]

  let high: [Int8]
  let low: [Int8]
  let sums: (high: Int32, low: Int32)
  let ownScale: Float
  let table: [UInt8]
  let tableScale: Float
  let tableBias: Float

  var neighbors: Int { shape.blocks * block }

  /// The largest numbers everywhere if `extreme`.
  init(width: Int, groups: Int, blocks: Int, seed: UInt64, extreme: Bool = false) {
    var generator = SplitMix64(seed: seed)
    let neighbors = blocks * block
    shape = needle_fat_shape(width: width, groups: groups, blocks: blocks)
    own = (0..<width).map { _ in extreme ? 255 : UInt8.random(in: 0...255, using: &generator) }
    codes = (0..<neighbors).map { _ in
      (0..<groups).map { _ in UInt8.random(in: 0...15, using: &generator) }
    }
    let special: [Float16] = [65_504, -65_504, .leastNonzeroMagnitude, -0x1p-15, 0, -0.0, 0x1p-14]
    func halves() -> [Float16] {
      (0..<neighbors).map { _ in
        extreme
          ? special.randomElement(using: &generator) ?? 0
          : Float16(Float.random(in: -2...2, using: &generator))
      }
    }
    bases = halves()
    factors = halves()
    nodes = (0..<neighbors).map { _ in UInt32.random(in: 0...(.max), using: &generator) }
    high = (0..<width).map { _ in extreme ? 127 : Int8.random(in: -127...127, using: &generator) }
    low = (0..<width).map { _ in extreme ? -127 : Int8.random(in: -64...63, using: &generator) }
    sums = (high.reduce(0) { $0 + Int32($1) }, low.reduce(0) { $0 + Int32($1) })
    ownScale = extreme ? 1 : 1e-6
    table = (0..<groups * 16).map { _ in
      extreme ? 255 : UInt8.random(in: 0...255, using: &generator)
    }
    tableScale = extreme ? 3 : 1e-3
    tableBias = Float.random(in: -3...3, using: &generator)
  }

  /// A row of zeros, and the row as needle_fat.h lays it out.
  var rows: AlignedMemory<UInt8> {
    var bytes = own
    for start in stride(from: 0, to: neighbors, by: block) {
      for group in 0..<shape.groups {
        bytes += (start..<start + 16).map { codes[$0][group] | codes[$0 + 16][group] << 4 }
      }
      let here = start..<start + block
      for half in Array(bases[here]) + Array(factors[here]) {
        bytes += [UInt8(truncatingIfNeeded: half.bitPattern), UInt8(half.bitPattern >> 8)]
      }
      for node in nodes[here] {
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: node >> (8 * $0)) }
      }
    }
    let size = needle_fat_row_bytes(shape)
    let rows = AlignedMemory<UInt8>(count: 2 * size, canary: 0)
    for place in 0..<size { unsafe rows.start[place] = 0 }
    for (place, byte) in bytes.enumerated() { unsafe rows.start[size + place] = byte }
    return rows
  }
}

/// What the kernels find: bits of the own score, orders and nodes, and orders of the own scores of rows.
private struct Scores: Equatable {
  var own: UInt32
  var ownOrders: [UInt32]
  var orders: [UInt32]
  var nodes: [UInt32]
}

extension FatScene {
  fileprivate func scores(below: UInt32, _ level: needle_simd) throws -> Scores {
    let rows = rows
    let row = unsafe rows.start + needle_fat_row_bytes(shape)
    let room = neighbors + 16
    let orders = AlignedMemory<UInt32>(count: room, canary: 77)
    let nodes = AlignedMemory<UInt32>(count: room, canary: 77)
    let ownOrders = AlignedMemory<UInt32>(count: 3, canary: 77)
    var own: Float = 0
    let found = unsafe high.withUnsafeBufferPointer { high in
      unsafe low.withUnsafeBufferPointer { low in
        unsafe table.withUnsafeBufferPointer { table -> Int in
          guard let high = high.baseAddress, let low = low.baseAddress,
            let table = table.baseAddress
          else { return 0 }
          var query = unsafe needle_fat_query(
            own: needle_wide_query(high: high, low: low),
            high_sum: sums.high,
            low_sum: sums.low,
            own_scale: ownScale,
            table: table,
            table_scale: tableScale,
            table_bias: tableBias
          )
          let kernels = unsafe needle_fat_kernels_for(level).pointee
          unsafe kernels.own(rows.start, shape, &query, [1, 0, 1], 3, ownOrders.start)
          return unsafe kernels.score(
            row,
            shape,
            &query,
            below,
            // A row that is asked for meanwhile changes nothing.
            needle_fat_ahead(first: row, second: nil),
            &own,
            orders.start,
            nodes.start
          )
        }
      }
    }
    try #require(orders.isWhole && nodes.isWhole && ownOrders.isWhole)
    return Scores(
      own: own.bitPattern,
      ownOrders: ownOrders.elements,
      orders: Array(orders.elements[..<found]),
      nodes: Array(nodes.elements[..<found])
    )
  }

  private func expectedOwn(of codes: [UInt8]) -> Float {
    var sums = (high: -128 * self.sums.high, low: -128 * self.sums.low)
    for place in 0..<shape.width {
      sums.high += Int32(high[place]) * Int32(codes[place])
      sums.low += Int32(low[place]) * Int32(codes[place])
    }
    return ownScale * (128 * Float(sums.high) + Float(sums.low))
  }

  /// The formula of needle_fat.h.
  fileprivate func expected(below: UInt32) -> Scores {
    let ownScore = expectedOwn(of: own)
    let order = needle_distance_order(-ownScore)
    let ofZeros = needle_distance_order(-expectedOwn(of: own.map { _ in 0 }))
    var scores = Scores(
      own: ownScore.bitPattern,
      ownOrders: [order, ofZeros, order],
      orders: [],
      nodes: []
    )
    for neighbor in 0..<neighbors {
      let sum = (0..<shape.groups).reduce(0) { $0 + Int(table[$1 * 16 + Int(codes[neighbor][$1])]) }
      let product = tableScale * Float(sum) + tableBias
      let score = (ownScore + Float(bases[neighbor])) + Float(factors[neighbor]) * product
      let order = needle_distance_order(-score)
      guard order < below else { continue }
      scores.orders.append(order)
      scores.nodes.append(nodes[neighbor])
    }
    return scores
  }
}

private func check(_ scene: FatScene) throws {
  let orders = scene.expected(below: .max).orders.sorted()
  for below in [0, orders[0], orders[orders.count / 3], orders[orders.count / 2], .max] {
    let expected = scene.expected(below: below)
    for level in levels {
      let found = try scene.scores(below: below, level)
      try #require(found == expected, "\(scene.shape) \(below) \(level)")
    }
  }
}

@Test(arguments: 1...16)
func fatScoresFollowTheFormulaAtEveryWidth(lines: Int) throws {
  try check(FatScene(width: 64 * lines, groups: 16 * lines, blocks: 1, seed: UInt64(lines)))
  try check(FatScene(width: 64 * lines, groups: 8, blocks: 2, seed: UInt64(lines)))
}

@Test(arguments: 1...64)
func fatScoresFollowTheFormulaForEveryNumberOfGroups(fours: Int) throws {
  for blocks in 1...2 {
    try check(FatScene(width: 64, groups: 4 * fours, blocks: blocks, seed: UInt64(fours)))
  }
}

@Test(arguments: [4, 96, 252, 256])
func fatScoresOfTheLargestNumbersDoNotOverflow(groups: Int) throws {
  for seed in 0..<4 {
    try check(FatScene(width: 1024, groups: groups, blocks: 2, seed: UInt64(seed), extreme: true))
  }
}

@Test func fatRowsWithoutBlocksHaveAnOwnScore() throws {
  let scene = FatScene(width: 128, groups: 4, blocks: 0, seed: 1)
  for level in levels {
    #expect(try scene.scores(below: .max, level) == scene.expected(below: .max))
  }
}
