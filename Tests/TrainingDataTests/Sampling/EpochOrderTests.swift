import Testing
import TrainingData

@Suite struct EpochOrderTests {
  @Test(arguments: [1, 2, 3], [1, 3, 8])
  func ranksShareEveryRecordOnce(ranks: Int, batchSize: Int) {
    for count in [1, 2, 7, 23, 24, 100] {
      let order = EpochOrder(count: count, epoch: 2, seed: 5, batchSize: batchSize, ranks: ranks)
      var seen: [Int] = []
      for step in 0..<order.steps {
        let parts = (0..<ranks).map { order.records(step: step, rank: $0) }
        #expect(Set(parts.map(\.count)).count == 1, "ranks need equal shapes")
        #expect(parts.allSatisfy { (1...batchSize).contains($0.count) })
        seen += parts.flatMap { $0 }
      }
      #expect(order.padding < ranks)
      #expect(seen.count == count + order.padding)
      #expect(seen.prefix(count).sorted() == Array(0..<count))
      #expect(seen.suffix(order.padding) == (0..<order.padding).map { seen[$0 % count] }[...])
    }
  }

  @Test(arguments: [1, 2, 3])
  func theGlobalBatchDoesNotDependOnTheRanks(ranks: Int) {
    let one = EpochOrder(count: 40, epoch: 0, seed: 9, batchSize: 6)
    let many = EpochOrder(count: 40, epoch: 0, seed: 9, batchSize: 6 / ranks, ranks: ranks)
    for step in 0..<6 {
      let parts = (0..<ranks).flatMap { many.records(step: step, rank: $0) }
      #expect(parts == one.records(step: step, rank: 0))
    }
  }

  @Test func theRestIsDroppedOnRequest() {
    let order = EpochOrder(count: 23, epoch: 0, seed: 5, batchSize: 4, ranks: 2, dropsLast: true)
    #expect(order.steps == 2)
    #expect(order.padding == 0)
    let seen = (0..<2).flatMap { step in
      (0..<2).flatMap { order.records(step: step, rank: $0) }
    }
    #expect(seen.count == 16 && Set(seen).count == 16)
    #expect(EpochOrder(count: 3, epoch: 0, seed: 5, batchSize: 4, dropsLast: true).steps == 0)
    #expect(EpochOrder(count: 0, epoch: 0, seed: 5, batchSize: 4).steps == 0)
  }

  @Test func epochsAndSeedsHaveOrdersOfTheirOwn() {
    func order(epoch: Int, seed: UInt64?) -> [Int] {
      EpochOrder(count: 50, epoch: epoch, seed: seed, batchSize: 50).records(step: 0, rank: 0)
    }
    #expect(order(epoch: 1, seed: 5) == order(epoch: 1, seed: 5))
    #expect(order(epoch: 1, seed: 5) != order(epoch: 2, seed: 5))
    #expect(order(epoch: 1, seed: 5) != order(epoch: 1, seed: 6))
    #expect(order(epoch: 1, seed: nil) == Array(0..<50))
  }
}
