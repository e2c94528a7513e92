import GraphIndex
import Testing
import VectorCore

@Test func visitedSetIsASet() {
  var generator = SplitMix64(seed: 2)
  var visited = VisitedSet(nodes: 5000)
  for _ in 0..<3 {
    visited.reset()
    var reference: Set<UInt32> = []
    for _ in 0..<4000 {
      let node = UInt32.random(in: 0..<5000, using: &generator)
      let before = visited.count
      let known = visited.contains(node)
      visited.reserve(1)
      visited.insert(node)
      let isNew = reference.insert(node).inserted
      #expect(known == !isNew)
      #expect(visited.count == before + (isNew ? 1 : 0))
      if isNew { #expect(unsafe visited.added(since: before)[0] == node) }
    }
    #expect(visited.count == reference.count)
  }
}
