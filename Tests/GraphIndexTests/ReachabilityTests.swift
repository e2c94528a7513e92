import GraphIndex
import Testing
import VectorCore

/// Graphs that fall apart are put together again, without taking anything apart.
@Suite struct ReachabilityTests {
  private func links(_ lists: [[UInt32]], degree: Int) -> LinksUnderConstruction {
    let links = LinksUnderConstruction(count: lists.count, degree: degree)
    for (node, list) in lists.enumerated() {
      for (place, link) in list.enumerated() { unsafe links[node][place] = link }
    }
    return links
  }

  private func reached(_ links: LinksUnderConstruction, from root: UInt32) -> Set<UInt32> {
    var reached: Set<UInt32> = [root]
    var queue = [root]
    while let node = queue.popLast() {
      for link in links.links(of: Int(node)) where reached.insert(link).inserted {
        queue.append(link)
      }
    }
    return reached
  }

  /// Completes the links; returns how many nodes had not been reachable.
  private func complete(_ links: LinksUnderConstruction, root: UInt32) -> Int {
    let before = reached(links, from: root)
    var reachability = Reachability(links, root: root)
    let repaired = reachability.complete()
    let after = reached(links, from: root)
    #expect(after.count == links.count)
    #expect(after.isSuperset(of: before))
    for node in 0..<links.count {
      let list = links.links(of: node)
      #expect(Set(list).count == list.count && !list.contains(UInt32(node)))
    }
    return repaired
  }

  @Test func whatHangsTogetherIsLeftAlone() {
    let lists: [[UInt32]] = [[1], [2], [3], [0]]
    let links = links(lists, degree: 2)
    #expect(complete(links, root: 2) == 0)
    #expect((0..<4).map { links.links(of: $0) } == lists)
  }

  @Test func aFreePlaceOfANeighborIsTakenFirst() {
    // Nobody links to 3, which is near 1 and 2.
    let links = links([[1, 2], [0], [0, 1], [1, 2]], degree: 2)
    #expect(complete(links, root: 0) == 1)
    #expect((0..<4).map { links.links(of: $0) } == [[1, 2], [0, 3], [0, 1], [1, 2]])
    // Near nothing, it hangs below the first that has a place.
    let alone = self.links([[1, 2], [0], [0, 1], []], degree: 2)
    #expect(complete(alone, root: 0) == 1)
    #expect(alone.links(of: 1) == [0, 3])
  }

  @Test func aLinkThatTheTreeDoesNotNeedIsReplaced() {
    // 0 → 1 → 2 → 3 is the tree; 3 is full of links back, of which the last goes.
    let links = links([[1, 2], [2, 3], [0, 1], [0, 1], [3, 0]], degree: 2)
    #expect(complete(links, root: 0) == 1)
    #expect(links.links(of: 3) == [0, 4])
    #expect(links.links(of: 0) == [1, 2])
  }

  @Test func oneStepRepairsAPart() {
    // 3, 4 and 5 link to each other only: with one of them the others are reached.
    let links = links([[1, 2], [0, 2], [0, 1], [4], [5], [3]], degree: 2)
    #expect(complete(links, root: 1) == 1)
  }

  @Test(arguments: [1, 2, 3, 8])
  func manyPartsOfFullNodes(degree: Int) {
    // Rings, each node of which links to its next ones and nowhere else.
    let (rings, size) = (30, 9)
    let lists = (0..<rings * size).map { node in
      (1...degree).map { UInt32(node / size * size + (node + $0) % size) }.filter { $0 != node }
    }
    let links = links(lists, degree: max(2, degree))
    #expect(complete(links, root: 40) <= rings * size)
  }

  @Test func nodesWithoutAnyLinks() {
    #expect(complete(links([[]], degree: 2), root: 0) == 0)
    #expect(complete(links(Array(repeating: [], count: 100), degree: 2), root: 50) == 99)
    #expect(complete(links(Array(repeating: [], count: 100), degree: 32), root: 99) == 99)
  }
}
