import Testing
import TrainingData
import VectorCore

@Suite struct BatchLoaderTests {
  private func builder(_ set: MemoryTrainingSet, passages: Int = 3) -> BatchBuilder {
    BatchBuilder(
      set: set,
      sampling: PassageSampling(passages: passages, seed: 42),
      wrapQuery: { [101] + $0 + [102] },
      wrapPassage: { [201] + $0 }
    )
  }

  private func batches(_ loader: BatchLoader) throws -> [TrainingBatch] {
    var batches: [TrainingBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  /// The document's loader gives every record as often as there are workers; this one never does.
  @Test(arguments: [1, 2, 3, 8], [1, 2, 3])
  func ranksAndWorkersSeeEveryRecordOnce(workers: Int, ranks: Int) throws {
    let set = MemoryTrainingSet.numbered(101)
    for epoch in 0..<2 {
      let order = EpochOrder(count: 101, epoch: epoch, seed: 42, batchSize: 4, ranks: ranks)
      var seen: [String] = []
      for rank in 0..<ranks {
        let loader = BatchLoader(builder(set), order: order, rank: rank, workers: workers)
        let loaded = try batches(loader)
        let alone = BatchLoader(builder(set), order: order, rank: rank, workers: 0)
        #expect(try batches(alone) == loaded)
        #expect(loaded.map(\.step) == Array(0..<order.steps))
        seen += loaded.flatMap(\.queryKeys)
      }
      #expect(seen.count == 101 + order.padding)
      #expect(Set(seen) == Set((0..<101).map { "q\($0)" }))
    }
  }

  @Test func aBatchHoldsTheQueriesAndTheirPassages() throws {
    let set = MemoryTrainingSet.numbered(5, scored: true)
    let order = EpochOrder(count: 5, epoch: 1, seed: 42, batchSize: 2)
    let batch = try builder(set).batch(of: order, step: 1, rank: 0)
    #expect(batch.epoch == 1 && batch.step == 1)
    #expect(batch.records == order.records(step: 1, rank: 0))
    #expect(batch.queryKeys == batch.records.map { "q\($0)" })
    #expect(batch.queries == batch.records.map { [101, Int32($0), 102] })
    #expect(batch.passagesPerQuery == 3 && batch.passages.count == 6)
    #expect(batch.teacherScores?.count == 6)
    for (place, record) in batch.records.enumerated() {
      let keys = Array(batch.passageKeys[3 * place..<3 * place + 3])
      #expect(keys[0].hasPrefix("p\(record)."))
      #expect(keys[1...].allSatisfy { $0.hasPrefix("n\(record).") })
      #expect(batch.positiveKeys[place] == ["p\(record).0", "p\(record).1"])
      #expect(batch.passages[3 * place].prefix(2) == [201, Int32(record)])
    }
  }

  @Test func oneRecordWithoutScoresTakesThemFromTheBatch() throws {
    var set = MemoryTrainingSet.numbered(2, scored: true)
    set.examples[1] = MemoryTrainingSet.numbered(2).examples[1]
    let order = EpochOrder(count: 2, epoch: 0, seed: nil, batchSize: 2)
    #expect(try builder(set).batch(of: order, step: 0, rank: 0).teacherScores == nil)
  }

  @Test func shortagesAreCounted() throws {
    var set = MemoryTrainingSet.numbered(4, negatives: 1)
    set.examples[2] = MemoryTrainingSet.numbered(3, negatives: 0).examples[2]
    let order = EpochOrder(count: 4, epoch: 0, seed: nil, batchSize: 4)
    let batch = try builder(set).batch(of: order, step: 0, rank: 0)
    #expect(batch.shortage.repeated == 3)
    #expect(batch.shortage.borrowed == 2)
  }

  @Test(arguments: [0, 1, 3])
  func loadingGoesOnFromAnyStep(workers: Int) throws {
    let set = MemoryTrainingSet.numbered(30)
    let order = EpochOrder(count: 30, epoch: 3, seed: 42, batchSize: 4)
    let all = try batches(BatchLoader(builder(set), order: order, workers: workers))
    for step in 0...order.steps {
      let rest = BatchLoader(builder(set), order: order, firstStep: step, workers: workers)
      #expect(try batches(rest) == Array(all[step...]))
    }
  }

  @Test(arguments: [0, 1, 3])
  func anErrorComesAtItsStep(workers: Int) throws {
    var set = MemoryTrainingSet.numbered(20)
    set.broken = 9
    let order = EpochOrder(count: 20, epoch: 0, seed: nil, batchSize: 4)
    let loader = BatchLoader(builder(set), order: order, workers: workers)
    #expect(try loader.next()?.step == 0)
    #expect(try loader.next()?.step == 1)
    let error = try #require(throws: FileError.self) { try loader.next() }
    #expect(error.place == "line 10")
    #expect(try loader.next()?.step == 3)
  }
}
