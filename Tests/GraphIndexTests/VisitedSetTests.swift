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
      visited.reserve(1)
      visited.insert(node)
      let isNew = reference.insert(node).inserted
      #expect(visited.count == before + (isNew ? 1 : 0))
      if isNew { #expect(unsafe visited.added(since: before)[0] == node) }
    }
    #expect(visited.count == reference.count)
  }
}

@Test func visitedSetTakesLists() {
  var generator = SplitMix64(seed: 3)
  var one = VisitedSet(nodes: 900)
  var many = VisitedSet(nodes: 900)
  for _ in 0..<300 {
    // Nodes come twice, and from 900 on there are none.
    let list = (0..<40).map { _ in UInt32.random(in: 0..<920, using: &generator) }
    let before = one.count
    one.reserve(list.count)
    many.reserve(list.count)
    let taken = unsafe many.insert(list, most: list.count, below: 900)
    #expect(taken == list.firstIndex { $0 >= 900 } ?? list.count)
    for node in list.prefix(taken) { one.insert(node) }
    #expect(one.count == many.count)
    for place in 0..<one.count - before {
      let added = unsafe (one.added(since: before)[place], many.added(since: before)[place])
      #expect(added.0 == added.1)
    }
  }
}
