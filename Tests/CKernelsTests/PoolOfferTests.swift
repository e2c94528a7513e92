import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

/// What a pool does, in the plainest way.
private struct Model: Equatable {
  var keys: [UInt64] = []
  let limit: Int
  var cursor = 0

  mutating func offer(_ orders: [UInt32], _ nodes: [UInt32]) {
    for (order, node) in zip(orders, nodes) {
      let key = UInt64(min(order, 0xFFDF_FFFF) >> 1) << 32 | UInt64(node) << 1
      let place = keys.firstIndex { $0 > key } ?? keys.count
      if place == limit { continue }
      keys.insert(key, at: place)
      if keys.count > limit { keys.removeLast() }
      cursor = min(cursor, place)
    }
  }

  /// Expands the first `count` that were not, and moves the cursor to the next.
  mutating func expand(_ count: Int) {
    for place in keys.indices.filter({ keys[$0] & 1 == 0 }).prefix(count) { keys[place] |= 1 }
    cursor = keys.firstIndex { $0 & 1 == 0 } ?? keys.count
  }
}

/// A pool in memory with exactly the promised room.
@safe
private struct Pool {
  let keys: AlignedMemory<UInt64>
  var pool: needle_pool

  init(limit: Int) {
    keys = AlignedMemory(count: limit + 16, canary: 0x0123_4567_89AB_CDEF)
    unsafe pool = needle_pool(keys: keys.start, count: 0, limit: limit, cursor: 0)
  }

  mutating func offer(_ orders: [UInt32], _ nodes: [UInt32], _ level: needle_simd) {
    unsafe needle_pool_offer_for(level)(&pool, orders, nodes, orders.count)
  }

  /// Takes over what a walk changes between offers.
  mutating func follow(_ model: Model) {
    for (place, key) in model.keys.enumerated() { unsafe keys.start[place] = key }
    unsafe pool.cursor = model.cursor
  }

  var model: Model {
    unsafe Model(
      keys: Array(keys.elements[..<pool.count]),
      limit: pool.limit,
      cursor: pool.cursor
    )
  }
}

/// Orders that a walk sees: spread out, with many ties, nearer and nearer, farther and farther, and
/// the largest there are.
private enum Orders: CaseIterable {
  case spread, tied, nearer, farther, largest

  func draw(_ number: UInt32, using generator: inout SplitMix64) -> UInt32 {
    switch self {
    case .spread: UInt32.random(in: 0...(.max), using: &generator)
    case .tied: UInt32.random(in: 0..<9, using: &generator)
    case .nearer: 4_000_000 - 1000 * number + UInt32.random(in: 0..<1000, using: &generator)
    case .farther: 1000 * number + UInt32.random(in: 0..<9000, using: &generator)
    case .largest: UInt32.max - UInt32.random(in: 0..<2, using: &generator)
    }
  }
}

/// Numbers of keys around the ends of vectors and around what a kernel passes over whole.
private let limits =
  Array(1...34) + [40, 63, 64, 65, 100, 127, 128, 129, 136, 200, 511, 512, 513, 1000]

@Test(arguments: limits)
func aPoolKeepsTheFirstKeys(limit: Int) {
  for level in levels {
    for orders in Orders.allCases {
      var generator = SplitMix64(seed: UInt64(limit))
      var model = Model(limit: limit)
      var pool = Pool(limit: limit)
      var offered: UInt32 = 0
      // Odd factors make of each number another node.
      while offered < 3 * UInt32(min(limit, 400)) + 30 {
        let numbers = offered..<offered + UInt32.random(in: 0...40, using: &generator)
        offered = numbers.upperBound
        let nodes = numbers.map { $0 &* 0x9E37_79B1 & 0x7FFF_FFFF }
        let drawn = numbers.map { orders.draw($0, using: &generator) }
        model.offer(drawn, nodes)
        pool.offer(drawn, nodes, level)
        #expect(pool.model == model, "\(level) \(orders)")
        #expect(pool.keys.isWhole)
        model.expand(Int.random(in: 0...3, using: &generator))
        pool.follow(model)
      }
    }
  }
}

@Test func anOfferOfNothingChangesNothing() {
  for level in levels {
    var pool = Pool(limit: 3)
    pool.offer([5, 7], [1, 2], level)
    let before = pool.model
    pool.offer([], [], level)
    #expect(pool.model == before)
  }
}

@Test func theCursorMovesBackToTheFirstInserted() {
  for level in levels {
    var pool = Pool(limit: 4)
    pool.offer([10, 20, 30, 40], [1, 2, 3, 4], level)
    unsafe pool.pool.cursor = 4
    // Falls out at once: nothing to expand.
    pool.offer([50], [5], level)
    #expect(unsafe pool.pool.cursor == 4)
    pool.offer([35], [6], level)
    #expect(unsafe pool.pool.cursor == 3)
    pool.offer([25, 5, 15], [7, 8, 9], level)
    #expect(unsafe pool.pool.cursor == 0)
    #expect(pool.model.keys.map { $0 >> 32 } == [2, 5, 7, 10])
  }
}
