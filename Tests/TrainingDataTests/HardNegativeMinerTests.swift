import IndexStore
import Retrieval
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct HardNegativeMinerTests {
  private let set: SmallSet

  init() throws { set = try SmallSet() }

  /// A run of one query with passages whose scores fall from 10 by 1.
  private func run(_ ids: [String], query: String = "q1", scores: [Float]? = nil) -> Run {
    let scores = scores ?? ids.indices.map { 10 - Float($0) }
    return Run([(query, zip(ids, scores).map { (id: $0, score: $1) })], name: "a.trec")
  }

  private func mine(
    _ run: Run,
    _ judgments: Judgments,
    missing: MissingIDs = .error,
    earlier: String? = nil,
    threads: Int = 1,
    _ change: (inout MiningSettings) -> Void = { _ in }
  ) throws -> (records: [TrainingRecord], counts: PreparationCounts) {
    let stores = try set.stores
    var settings = MiningSettings()
    settings.sampling = .top
    change(&settings)
    let miner = HardNegativeMiner(
      run,
      judgments: judgments,
      stores: stores,
      settings: settings,
      missing: missing,
      earlier: try earlier.map { try EarlierNegatives(path: $0, stores: stores, threads: 2) }
    )
    let output = RecordPreparation.Output(RecordFolder(set.folder.path, .mined))
    let counts = try RecordPreparation(stores, output: output, threads: threads).write(miner)
    return (try set.records("split00.hn.jsonl"), counts)
  }

  private func negatives(_ change: (inout MiningSettings) -> Void) throws -> [String] {
    let found = run(["p5", "p6", "p1", "p7", "p8", "p2", "p9"])
    return try mine(found, set.judgments("q1 0 p1 1", "q1 0 p2 1"), change).records[0].negatives
  }

  @Test func relevantPassagesAreLeftOutBeforeTheDepthIsCut() throws {
    #expect(try negatives { _ in } == ["p5", "p6", "p7", "p8", "p9"])
    #expect(try negatives { $0.depth = 3 } == ["p5", "p6", "p7"])
    #expect(try negatives { $0.sampleCount = 2 } == ["p5", "p6"])
  }

  @Test func ranksCountRelevantPassages() throws {
    #expect(try negatives { $0.firstRank = 3 } == ["p7", "p8", "p9"])
    #expect(
      try negatives {
        $0.firstRank = 2
        $0.lastRank = 5
      } == ["p6", "p7", "p8"]
    )
    #expect(
      try negatives {
        $0.firstRank = 2
        $0.depth = 2
      } == ["p6", "p7"]
    )
  }

  @Test func scoresTooCloseToTheBestPositiveAreLeftOut() throws {
    // The positive p1 has 8, its neighbors 10 9 7 6 4.
    #expect(try negatives { $0.margin = 0 } == ["p7", "p8", "p9"])
    #expect(try negatives { $0.margin = 1 } == ["p7", "p8", "p9"])
    #expect(try negatives { $0.margin = 1.5 } == ["p8", "p9"])
    #expect(try negatives { $0.relativeMargin = 0.25 } == ["p8", "p9"])
    #expect(try negatives { $0.relativeMargin = 0.5 } == ["p9"])
    #expect(try negatives { $0.maxScore = 6.5 } == ["p8", "p9"])
    #expect(try negatives { $0.margin = 8 } == [])
  }

  @Test func aRelativeMarginLowersNegativeScoresAsWell() throws {
    let found = run(["p1", "p5", "p6"], scores: [-10, -10.5, -11.5])
    let mined = try mine(found, set.judgments("q1 0 p1 1")) { $0.relativeMargin = 0.1 }
    #expect(mined.records[0].negatives == ["p6"])
    #expect(mined.counts.suspected == 1)
  }

  @Test func queriesWithoutARankedPositiveAreKeptOrSkipped() throws {
    let judgments = try set.judgments("q1 0 p1 1", "q2 0 p2 1")
    let found = Run(
      [("q1", [("p5", 3)]), ("q2", [("p2", 2), ("p6", 1)])],
      name: "a.trec"
    )
    let kept = try mine(found, judgments) { $0.margin = 0.5 }
    #expect(kept.records.map(\.negatives) == [["p5"], ["p6"]])
    #expect(kept.counts.unranked == 1)
    let skipped = try mine(found, judgments) { $0.unranked = .skip }
    #expect(skipped.records.map(\.query) == ["q2"])
    #expect(skipped.counts.unranked == 1)
    #expect(skipped.counts.shallow == 2)
  }

  @Test func positivesComeInTheRunsOrder() throws {
    let judgments = try set.judgments("q1 0 p1 1", "q1 0 p4 1", "q1 0 p3 1", "q1 0 p2 1")
    let found = run(["p3", "p5", "p1", "p6"])
    #expect(try mine(found, judgments).records[0].positives == ["p1", "p4", "p3", "p2"])
    let ranked = try mine(found, judgments) { $0.ranksPositives = true }
    #expect(ranked.records[0].positives == ["p3", "p1", "p4", "p2"])
    #expect(ranked.records[0].negatives == ["p5", "p6"])
    let scored = try mine(found, judgments) {
      $0.ranksPositives = true
      $0.withScores = true
    }
    #expect(scored.records[0].positives == ["p3", "p1"])
    #expect(scored.records[0].positiveScores == [10, 8])
  }

  @Test func scoresAreWrittenForAllPassagesOfARecord() throws {
    let judgments = try set.judgments("q1 0 p1 1", "q1 0 p3 1")
    let mined = try mine(run(["p5", "p1", "p6"]), judgments) { $0.withScores = true }
    let expected = TrainingRecord(
      query: "q1",
      positives: ["p1"],
      negatives: ["p5", "p6"],
      positiveScores: [9],
      negativeScores: [10, 8]
    )
    #expect(mined.records == [expected])
  }

  @Test func shallowRunsAreCounted() throws {
    let judgments = try set.judgments("q1 0 p1 1")
    let found = run(["p5", "p1", "p6"])
    for (depth, last, first, shallow) in [
      (3, nil, 1, 0), (4, nil, 1, 1), (200, 3, 1, 0), (3, nil, 2, 1),
    ]
      as [(Int, Int?, Int, Int)]
    {
      let mined = try mine(found, judgments) {
        ($0.depth, $0.lastRank, $0.firstRank) = (depth, last, first)
      }
      #expect(mined.counts.shallow == shallow)
    }
  }

  @Test func missingIDsAreNamedOrLeftOut() throws {
    let judgments = try set.judgments("q1 0 p1 1")
    expectFileError("a.trec: query 'q1': the passage 'gone' is not in") {
      _ = try mine(run(["p5", "gone"]), judgments)
    }
    expectFileError("a.trec: query 'x': the query 'x' is not in") {
      _ = try mine(run(["p5"], query: "x"), judgments)
    }
    let mined = try mine(run(["p5", "gone"]), judgments, missing: .skip)
    #expect(mined.records[0].negatives == ["p5"])
    #expect(mined.counts.unknownPassages == 1)
  }

  @Test func randomDrawsDependOnSeedAndQueryAlone() throws {
    let queries = (0..<20).map { "q\($0)" }
    let judgments = try set.judgments(contentsOf: queries.map { "\($0) 0 p1 1" })
    let passages = (2..<50).map { (id: "p\($0)", score: Float(100 - $0)) }
    let found = Run(queries.map { ($0, passages) }, name: "a")
    let reversed = Run(queries.reversed().map { ($0, passages) }, name: "a")
    func draw(_ run: Run, seed: UInt64 = 42, threads: Int = 1) throws -> [TrainingRecord] {
      try mine(run, judgments, threads: threads) {
        ($0.sampling, $0.sampleCount, $0.depth, $0.seed) = (.random, 5, 40, seed)
      }.records
    }
    let first = try draw(found)
    #expect(try draw(found, threads: 4) == first)
    #expect(try draw(reversed) == first.reversed())
    #expect(try draw(found, seed: 1) != first)
    #expect(Set(first.map(\.negatives)).count == 20)
    // Ranks up to 40 are drawn from, and none behind.
    let drawn = Set(first.flatMap(\.negatives))
    #expect(drawn.isSubset(of: Set(passages.prefix(40).map(\.id))))
    #expect(drawn.count > 35)
  }

  @Test(arguments: [
    // Earlier ones fill up: p5 is among the run's, and p1 relevant.
    (8, 0.0, ["p5", "p6", "p7", "p8", "p9", "p30", "p31", "p32"]),
    (4, 0.0, ["p5", "p6", "p7", "p8"]), (4, 0.5, ["p5", "p6", "p30", "p31"]),
    // The run fills up as well.
    (6, 0.5, ["p5", "p6", "p7", "p30", "p31", "p32"]),
    (6, 1.0, ["p5", "p6", "p7", "p30", "p31", "p32"]),
  ])
  func earlierNegativesAreMixedIn(count: Int, share: Double, expected: [String]) throws {
    let path = try set.file(
      "earlier.jsonl",
      [
        #"{"qid":"q3","pos":["p1"],"neg":["p40"]}"#,
        #"{"qid":"q1","pos":["p1"],"neg":["p30","p1","p5","p31","p32"]}"#,
      ]
    )
    let found = run(["p5", "p6", "p1", "p7", "p8", "p9"])
    let mined = try mine(found, set.judgments("q1 0 p1 1"), earlier: path) {
      ($0.sampleCount, $0.earlierShare) = (count, share)
    }
    #expect(mined.records[0].negatives == Array(expected.prefix(count)))
    #expect(mined.counts.earlier == expected.count { Int($0.dropFirst()) ?? 0 >= 30 })
  }

  @Test func earlierRecordsMustBeOfIDsAndOnePerQuery() throws {
    let stores = try set.stores
    let tokens = try set.file("a.jsonl", [#"{"query": [1], "positives": [[1]], "negatives": []}"#])
    expectFileError("a.jsonl: line 1: holds tokens") {
      _ = try EarlierNegatives(path: tokens, stores: stores, threads: 1)
    }
    let line = #"{"qid":"q3","pos":["p1"],"neg":["p40"]}"#
    let twice = try set.file("b.jsonl", [line, line])
    expectFileError("b.jsonl: line 2: the query 'q3' stands at line 1 already") {
      _ = try EarlierNegatives(path: twice, stores: stores, threads: 1)
    }
  }
}
