import GraphIndex
import Testing
import VectorCore

@Test func poolKeepsTheNearestSorted() {
  var generator = SplitMix64(seed: 1)
  for limit in [1, 2, 3, 7, 64, 300] {
    var pool = CandidatePool()
    pool.reset(limit: limit)
    var reference: [UInt64] = []
    for node in 0..<UInt32(500) {
      let distance = Float(Int.random(in: -50...50, using: &generator))
      _ = pool.insert(distance: distance, node: node)
      reference.append(CandidatePool.key(distance: distance, node: node))
      reference.sort()
      if reference.count > limit { reference.removeLast() }
      #expect(pool.count == reference.count)
    }
    let kept = (0..<pool.count).map { pool[$0] }
    #expect(kept == reference)
  }
}

@Test func nodesAreExpandedNearestFirstAndOnce() {
  var pool = CandidatePool()
  pool.reset(limit: 4)
  _ = pool.insert(distance: 3, node: 30)
  _ = pool.insert(distance: 1, node: 10)
  #expect(pool.expandNext() == 10)
  let nearerIsNext = pool.insert(distance: 0.5, node: 5)
  #expect(nearerIsNext)
  let fartherIsNext = pool.insert(distance: 9, node: 90)
  #expect(!fartherIsNext)
  #expect(pool.upcoming() == 5)
  #expect(pool.expandNext() == 5)
  #expect(pool.expandNext() == 30)
  #expect(pool.expandNext() == 90)
  #expect(pool.expandNext() == nil)
}

@Test func keysOrderByDistanceThenNode() {
  let distances: [Float] = [-.infinity, -5, -1e-30, 0, 1e-30, 2, .infinity]
  for (near, far) in zip(distances, distances.dropFirst()) {
    #expect(CandidatePool.key(distance: near, node: 9) < CandidatePool.key(distance: far, node: 0))
  }
  #expect(CandidatePool.key(distance: 1, node: 4) < CandidatePool.key(distance: 1, node: 5))
  let largest: UInt32 = 0x7FFF_FFFF
  for distance in distances {
    let key = CandidatePool.key(distance: distance, node: largest)
    #expect(CandidatePool.distance(key) == distance)
    #expect(CandidatePool.node(key) == largest)
  }
}
