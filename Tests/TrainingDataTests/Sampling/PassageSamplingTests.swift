import Testing
import TrainingData
import VectorCore

@Suite struct PassageSamplingTests {
  /// The places of the chosen negatives of a record, from keys such as `n7.3`.
  private func places(
    _ sampling: PassageSampling,
    record: Int = 0,
    epoch: Int,
    of set: MemoryTrainingSet
  ) throws -> [Int] {
    try sampling.choose(record: record, epoch: epoch, from: set).passages.dropFirst().map {
      try #require($0.key.split(separator: ".").last.flatMap { Int($0) })
    }
  }

  // MARK: As OpenMatch

  @Test func windowsOfTheStreamingLoader() throws {
    let sampling = PassageSampling(policy: .openmatchStream, passages: 8, seed: 42)
    let set = MemoryTrainingSet.numbered(6, negatives: 30)
    #expect(try places(sampling, epoch: 0, of: set) == [19, 14, 10, 26, 22, 6, 5])
    #expect(try places(sampling, epoch: 1, of: set) == [12, 11, 15, 9, 25, 29, 21])
    #expect(try places(sampling, epoch: 2, of: set) == [16, 27, 1, 13, 18, 2, 17])
    #expect(try places(sampling, epoch: 4, of: set) == [3, 20, 19, 14, 10, 26, 22])
    #expect(try places(sampling, record: 5, epoch: 0, of: set) == [19, 14, 10, 26, 22, 6, 5])
  }

  @Test func windowsOfTheMappingLoader() throws {
    let sampling = PassageSampling(policy: .openmatchMap, passages: 8, seed: 42)
    let set = MemoryTrainingSet.numbered(6, negatives: 30)
    #expect(try places(sampling, epoch: 0, of: set) == [19, 14, 10, 26, 22, 6, 5])
    #expect(try places(sampling, record: 1, epoch: 0, of: set) == [29, 23, 25, 27, 18, 7, 12])
    #expect(try places(sampling, record: 5, epoch: 0, of: set) == [15, 9, 23, 28, 26, 29, 24])
  }

  @Test func positivesTakeTurns() throws {
    let set = MemoryTrainingSet.numbered(3)
    func positives(_ policy: PassageSampling.Policy, record: Int) throws -> [String] {
      let sampling = PassageSampling(policy: policy, passages: 1, seed: 42)
      return try (0..<3).map {
        try sampling.choose(record: record, epoch: $0, from: set).passages[0].key
      }
    }
    #expect(try positives(.openmatchStream, record: 0) == ["p0.0", "p0.1", "p0.0"])
    #expect(try positives(.openmatchMap, record: 1) == ["p1.1", "p1.0", "p1.1"])
    #expect(Set(try positives(.perQuery, record: 2)) == ["p2.0", "p2.1"])
  }

  @Test func tooFewNegativesAreDrawnWithReplacement() throws {
    let sampling = PassageSampling(policy: .openmatchStream, passages: 8, seed: 42)
    let set = MemoryTrainingSet.numbered(1, negatives: 5)
    #expect(try places(sampling, epoch: 0, of: set) == [3, 0, 1, 1, 3, 3, 4])
    #expect(try sampling.choose(record: 0, epoch: 0, from: set).shortage.repeated == 2)
  }

  // MARK: Per query

  @Test func epochsDoNotMeetUntilTheListIsExhausted() throws {
    let sampling = PassageSampling(passages: 8, seed: 1)
    let set = MemoryTrainingSet.numbered(20, negatives: 30)
    for record in 0..<20 {
      let seen = try (0..<4).flatMap { try places(sampling, record: record, epoch: $0, of: set) }
      #expect(Set(seen).count == 28)
      let fifth = try places(sampling, record: record, epoch: 4, of: set)
      #expect(Set(seen + fifth).count == 30, "the last two of the list come next")
      #expect(Set(fifth).count == 7)
    }
  }

  @Test func queriesHavePermutationsOfTheirOwn() throws {
    let sampling = PassageSampling(passages: 8, seed: 1)
    let set = MemoryTrainingSet.numbered(20, negatives: 30)
    let orders = try (0..<20).map { try places(sampling, record: $0, epoch: 0, of: set) }
    #expect(Set(orders).count == 20)
    let other = PassageSampling(passages: 8, seed: 2)
    #expect(try places(other, epoch: 0, of: set) != orders[0])
  }

  @Test func theChoiceFollowsTheQueryNotItsPlace() throws {
    let sampling = PassageSampling(passages: 4, seed: 1)
    let set = MemoryTrainingSet.numbered(9)
    let reversed = MemoryTrainingSet(examples: set.examples.reversed())
    for record in 0..<9 {
      let chosen = try sampling.choose(record: record, epoch: 3, from: set)
      #expect(try sampling.choose(record: 8 - record, epoch: 3, from: reversed) == chosen)
    }
  }

  @Test func everyNegativeComesBeforeOneComesAgain() throws {
    let sampling = PassageSampling(passages: 8, seed: 3)
    let set = MemoryTrainingSet.numbered(4, negatives: 5)
    for epoch in 0..<3 {
      let chosen = try places(sampling, record: 2, epoch: epoch, of: set)
      #expect(Array(chosen.prefix(5)) == [0, 1, 2, 3, 4])
      #expect(chosen.count == 7 && chosen.allSatisfy { $0 < 5 })
      let shortage = try sampling.choose(record: 2, epoch: epoch, from: set).shortage
      #expect(shortage.repeated == 2 && shortage.borrowed == 0)
    }
  }

  // MARK: All policies

  @Test(arguments: PassageSampling.Policy.allCases)
  func orderIsKeptOnRequest(policy: PassageSampling.Policy) throws {
    let sampling = PassageSampling(
      policy: policy,
      passages: 4,
      seed: 42,
      positives: .first,
      shufflesNegatives: false
    )
    let set = MemoryTrainingSet.numbered(3)
    for epoch in 0..<3 {
      let chosen = try sampling.choose(record: 1, epoch: epoch, from: set)
      #expect(chosen.passages.map(\.key) == ["p1.0", "n1.0", "n1.1", "n1.2"])
      #expect(chosen.shortage == .init())
    }
  }

  @Test(arguments: PassageSampling.Policy.allCases)
  func theFirstPositiveComesEveryOtherEpoch(policy: PassageSampling.Policy) throws {
    var set = MemoryTrainingSet.numbered(3)
    for count in [1, 2, 4] {
      let positives = (0..<count).map { TrainingText.named("p\($0)") }
      set.examples[1] = TrainingExample(
        query: .named("q"),
        positives: positives,
        negatives: set.examples[1].negatives
      )
      let sampling = PassageSampling(
        policy: policy,
        passages: 2,
        seed: 42,
        positives: .everyOther
      )
      let chosen = try (0..<12).map {
        try sampling.choose(record: 1, epoch: $0, from: set).passages[0].key
      }
      let start = chosen[0] == "p0" ? 0 : 1
      let firsts = stride(from: start, to: 12, by: 2).map { chosen[$0] }
      #expect(firsts.allSatisfy { $0 == "p0" })
      let others = stride(from: 1 - start, to: 12, by: 2).map { chosen[$0] }
      // Each of the others as often as any.
      let times = Dictionary(grouping: others) { $0 }.mapValues(\.count)
      #expect(
        times
          == (count == 1
            ? ["p0": 6]
            : .init(
              uniqueKeysWithValues: (1..<count).map { ("p\($0)", 6 / (count - 1)) }
            ))
      )
    }
  }

  @Test(arguments: PassageSampling.Policy.allCases)
  func anEmptyListBorrowsFromOthers(policy: PassageSampling.Policy) throws {
    var set = MemoryTrainingSet.numbered(40, negatives: 0)
    // A passage that answers the query must not be its negative, though it is another's positive.
    set.examples[7] = TrainingExample(
      query: .named("twin"),
      positives: set.examples[3].positives,
      negatives: []
    )
    let sampling = PassageSampling(policy: policy, passages: 9, seed: 42)
    for epoch in 0..<20 {
      let chosen = try sampling.choose(record: 7, epoch: epoch, from: set)
      let negatives = chosen.passages.dropFirst().map(\.key)
      #expect(Set(negatives).count == 8)
      #expect(negatives.allSatisfy { $0.hasPrefix("p") && !$0.hasPrefix("p3.") })
      #expect(chosen.shortage.borrowed == 8)
      #expect(try sampling.choose(record: 7, epoch: epoch, from: set) == chosen)
    }
  }

  @Test func fewOtherPassagesAreBorrowedAgain() throws {
    let set = MemoryTrainingSet.numbered(2, positives: 1, negatives: 0)
    let chosen = try PassageSampling(passages: 4, seed: 42).choose(record: 0, epoch: 0, from: set)
    #expect(chosen.passages.map(\.key) == ["p0.0", "p1.0", "p1.0", "p1.0"])
  }

  @Test func nothingToBorrowIsAnError() throws {
    let set = MemoryTrainingSet.numbered(1, negatives: 0)
    let sampling = PassageSampling(passages: 2, seed: 42)
    #expect(throws: SamplingError.noNegatives(query: "q0", record: 0)) {
      try sampling.choose(record: 0, epoch: 0, from: set)
    }
    let alone = PassageSampling(passages: 1, seed: 42)
    #expect(try alone.choose(record: 0, epoch: 0, from: set).passages.count == 1)
  }

  @Test func aRecordWithoutPositivesIsAnError() throws {
    let set = MemoryTrainingSet.numbered(1, positives: 0)
    #expect(throws: SamplingError.noPositives(query: "q0", record: 0)) {
      try PassageSampling(passages: 2, seed: 42).choose(record: 0, epoch: 0, from: set)
    }
  }

  @Test func scoresFollowTheirPassages() throws {
    let set = MemoryTrainingSet.numbered(3, scored: true)
    let sampling = PassageSampling(passages: 5, seed: 42)
    for epoch in 0..<4 {
      let chosen = try sampling.choose(record: 1, epoch: epoch, from: set)
      let scores = try #require(chosen.scores)
      let expected = try places(sampling, record: 1, epoch: epoch, of: set).map { -Float($0) }
      #expect(Array(scores.dropFirst()) == expected)
      #expect(chosen.passages[0].key == (scores[0] == 0.5 ? "p1.0" : "p1.1"))
    }
  }

  @Test func hugeEpochsAndSeedsDoNotOverflow() throws {
    let set = MemoryTrainingSet.numbered(3)
    for policy in PassageSampling.Policy.allCases {
      let sampling = PassageSampling(policy: policy, passages: 5, seed: .max)
      let chosen = try sampling.choose(record: 2, epoch: .max, from: set)
      #expect(Set(chosen.passages.map(\.key)).count == 5)
    }
  }
}
