import CKernels
import GraphIndex
import Testing
import VectorCore

/// The pool of a walk, beside what its kernel does, which CKernelsTests knows.
@Suite struct CandidatePoolTests {
  private func insert(_ pool: inout CandidatePool, _ pairs: KeyValuePairs<UInt32, UInt32>) {
    let (nodes, orders) = (pairs.map(\.key), pairs.map(\.value))
    unsafe pool.insert(nodes, orders: orders, count: pairs.count)
  }

  private func upcoming(_ pool: borrowing CandidatePool, _ most: Int) -> [UInt32] {
    var nodes: [UInt32] = []
    pool.eachUpcoming(most) { nodes.append($0) }
    return nodes
  }

  private func nodes(_ pool: borrowing CandidatePool) -> [UInt32] {
    (0..<pool.count).map { CandidatePool.node(pool[$0]) }
  }

  /// Expands as many nodes as are expected; one that is not, where none is.
  private func expectNext(
    _ pool: inout CandidatePool,
    _ expected: [UInt32],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var nodes: [UInt32] = []
    while nodes.count < max(1, expected.count), let node = pool.expandNext() { nodes.append(node) }
    #expect(nodes == expected, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 300, 1_000])
  func theNearestAreKeptSorted(limit: Int) {
    var generator = SplitMix64(seed: 1)
    var pool = CandidatePool()
    pool.reset(window: limit, limit: limit)
    var reference: [UInt64] = []
    for node in 0..<UInt32(500) {
      let order = UInt32.random(in: 0..<100, using: &generator)
      insert(&pool, [node: order])
      reference.append(UInt64(order / 2) << 32 | UInt64(node) << 1)
      reference.sort()
      if reference.count > limit { reference.removeLast() }
    }
    let keys = (0..<pool.count).map { pool[$0] }
    #expect(keys == reference)
    #expect(keys.map { CandidatePool.order($0) } == reference.map { UInt32($0 >> 32) * 2 })
    #expect(keys.map { CandidatePool.node($0) } == reference.map { UInt32($0 & 0xFFFF_FFFF) >> 1 })
  }

  @Test func nodesAreExpandedNearestFirstAndOnce() {
    var pool = CandidatePool()
    pool.reset(window: 4, limit: 4)
    insert(&pool, [30: 300, 10: 100])
    expectNext(&pool, [10])
    // Nearer than what was expanded: the cursor goes back.
    insert(&pool, [5: 50, 90: 900])
    expectNext(&pool, [5])
    expectNext(&pool, [30])
    expectNext(&pool, [90])
    expectNext(&pool, [])
    insert(&pool, [1: 10])
    #expect(nodes(pool) == [1, 5, 10, 30])
    expectNext(&pool, [1])
    expectNext(&pool, [])
  }

  @Test func onlyTheWindowIsExpanded() {
    var pool = CandidatePool()
    pool.reset(window: 2, limit: 5)
    insert(&pool, [1: 10, 2: 20, 3: 30, 4: 40, 5: 50, 6: 60])
    #expect(pool.count == 5)
    expectNext(&pool, [1])
    // What comes before moves others out of the window.
    insert(&pool, [7: 5])
    expectNext(&pool, [7])
    expectNext(&pool, [])
    #expect(nodes(pool) == [7, 1, 2, 3, 4])
    pool.widen()
    expectNext(&pool, [2, 3, 4])
  }

  @Test func aWindowIsNoWiderThanTheLimit() {
    var pool = CandidatePool()
    pool.reset(window: 9, limit: 2)
    insert(&pool, [1: 10, 2: 20, 3: 30])
    #expect(pool.count == 2)
    expectNext(&pool, [1, 2])
    expectNext(&pool, [])
  }

  @Test func upcomingNodesAreThoseThatWouldBeExpanded() {
    var pool = CandidatePool()
    pool.reset(window: 4, limit: 6)
    #expect(upcoming(pool, 3) == [])
    insert(&pool, [1: 10, 2: 20, 3: 30, 4: 40, 5: 50])
    #expect(upcoming(pool, 2) == [1, 2])
    #expect(upcoming(pool, 9) == [1, 2, 3, 4])
    expectNext(&pool, [1])
    expectNext(&pool, [2])
    insert(&pool, [6: 15])
    // Node 2 was expanded, and node 4 is out of the window now.
    #expect(upcoming(pool, 9) == [6, 3])
    expectNext(&pool, [6])
    expectNext(&pool, [3])
    #expect(upcoming(pool, 9) == [])
  }

  @Test func theBoundIsThatOfTheLastOfAFullPool() {
    var pool = CandidatePool()
    pool.reset(window: 3, limit: 3)
    #expect(pool.bound == 0xFF80_0000)
    insert(&pool, [1: 10, 2: 20])
    #expect(pool.bound == 0xFF80_0000)
    insert(&pool, [3: 30])
    // The same order, or one that differs in the last bit, may still come before by its node.
    #expect(pool.bound == 32)
    insert(&pool, [0: 30])
    #expect(nodes(pool) == [1, 2, 0])
    // Nothing infinitely far off is of use.
    pool.reset(window: 1, limit: 1)
    insert(&pool, [1: 0xFFFF_FFFF])
    #expect(pool.bound <= 0xFF80_0000)
  }

  @Test func aPoolIsEmptyAgainAndGrows() {
    var pool = CandidatePool()
    for limit in [1, 4_000, 2, 300] {
      pool.reset(window: limit, limit: limit)
      #expect(pool.count == 0)
      expectNext(&pool, [])
      for node in 0..<UInt32(500) { insert(&pool, [node: 1_000 - node]) }
      #expect(pool.count == min(limit, 500))
      expectNext(&pool, [499])
    }
  }

  @Test func distancesComeBackWithoutTheirLastBit() {
    var pool = CandidatePool()
    pool.reset(window: 1, limit: 8)
    let distances: [Float] = [-3.5, -1e-30, 0, 0.1, 1, 7e30]
    let orders = distances.map { needle_distance_order($0) }
    unsafe pool.insert((0..<6).map { UInt32($0) }, orders: orders, count: 6)
    for (place, distance) in distances.enumerated() {
      let found = CandidatePool.distance(pool[place])
      #expect(abs(found - distance) <= distance.ulp, "\(found) for \(distance)")
    }
  }
}
