import Needletail
import TestSupport
import Testing

/// The choice among measured candidates, and one measurement.
@Suite struct BackendChoiceTests {
  private func candidate(
    _ name: String,
    _ growth: QueryGrowth,
    bytes: Double = 100,
    recall: Double? = 0.95,
    rate: Double = 0
  ) -> BackendCandidate {
    BackendCandidate(
      specification: name,
      growth: growth,
      bytesPerVector: bytes,
      measurement: recall.map {
        BackendCandidate.Measurement(setting: [:], recall: $0, rate: rate)
      }
    )
  }

  private func choice(
    _ candidates: [BackendCandidate],
    count: Int = 1_000_000,
    bytes: Double? = nil
  ) throws -> String {
    let goal = try SearchGoal(recall: 0.95, bytesPerVector: bytes)
    return try BackendChoice(among: candidates, sample: 10_000, count: count, goal: goal)
      .specification
  }

  @Test func ratesShrinkWithTheSet() {
    #expect(QueryGrowth.linear.rate(1_000, from: 100, to: 10_000) == 10)
    #expect(QueryGrowth.squareRoot.rate(1_000, from: 100, to: 10_000) == 100)
    #expect(abs(QueryGrowth.logarithmic.rate(1_000, from: 100, to: 10_000) - 500) < 1e-9)
    for growth in [QueryGrowth.linear, .squareRoot, .logarithmic] {
      #expect(abs(growth.rate(1_000, from: 100, to: 100) - 1_000) < 1e-9)
      #expect(growth.rate(1_000, from: 1, to: 1).isFinite)
    }
  }

  @Test func theSizeOfTheSetDecides() throws {
    let candidates = [
      candidate("flat", .linear, recall: 1, rate: 50_000),
      candidate("ivf", .squareRoot, rate: 40_000),
      candidate("hnsw", .logarithmic, rate: 20_000),
    ]
    #expect(try choice(candidates, count: 10_000) == "flat")
    #expect(try choice(candidates, count: 20_000) == "ivf")
    #expect(try choice(candidates, count: 1_000_000) == "hnsw")
  }

  @Test func whatMissesTheRecallIsNotTaken() throws {
    let candidates = [
      candidate("flat", .linear, recall: 1, rate: 100),
      candidate("hnsw", .logarithmic, recall: 0.94, rate: 90_000),
      candidate("broken", .logarithmic, recall: nil),
    ]
    #expect(try choice(candidates) == "flat")
  }

  @Test func whatIsTooLargeIsNotTaken() throws {
    let candidates = [
      candidate("flat", .linear, bytes: 200, recall: 1, rate: 100),
      candidate("ivf", .squareRoot, bytes: 120, rate: 200),
      candidate("hnsw", .logarithmic, bytes: 300, rate: 90_000),
    ]
    #expect(try choice(candidates, bytes: 120) == "ivf")
    #expect(try choice(candidates, bytes: 300) == "hnsw")
    #expect(
      throws: BudgetError.tooSmall(limit: 100, smallest: 120, specification: "ivf")
    ) { try choice(candidates, bytes: 100) }
  }

  @Test func nothingThatReachesTheRecallIsAnError() {
    let candidates = [
      candidate("flat", .linear, bytes: 200, recall: 1, rate: 100),
      candidate("ivf", .squareRoot, recall: 0.9, rate: 200),
      candidate("hnsw", .logarithmic, recall: 0.93, rate: 100),
    ]
    let expected = BudgetError.recallNotReached(
      limit: 150,
      recall: 0.95,
      best: 0.93,
      specification: "hnsw"
    )
    #expect(throws: expected) { try choice(candidates, bytes: 150) }
    #expect(expected.description.contains("0.93"))
    #expect(expected.kind == .usage)
  }

  @Test func theFirstOfEqualOnesIsTaken() throws {
    let candidates = [
      candidate("a", .linear, rate: 100), candidate("b", .linear, rate: 100),
    ]
    #expect(try choice(candidates) == "a")
  }

  @Test func smallSetsAreSearchedExactly() throws {
    let set = seededVectors(count: 1_999, dimension: 4, seed: 1)
    let choice = try chooseBackend(for: set, metric: .cosine, goal: try SearchGoal())
    #expect(choice.specification == "flat")
    #expect(choice.sample == 0)
    #expect(choice.candidates.isEmpty)
    #expect(choice.reason.contains("1999"))
  }

  @Test(arguments: QueryMode.allCases)
  func measuresEveryCandidate(_ mode: QueryMode) throws {
    let set = try VectorSet.open(RealVectors.base)
    let goal = try SearchGoal(mode: mode, recall: 0.8)
    let choice = try chooseBackend(for: set, metric: .cosine, goal: goal, threads: 2)
    #expect(choice.sample == 3_600)
    #expect(choice.candidates.map(\.specification) == ["flat", "flat:first=int8", "ivf", "hnsw"])
    for candidate in choice.candidates {
      let measured = try #require(candidate.measurement)
      #expect(measured.rate > 0)
      #expect(measured.recall >= 0.8)
      #expect(candidate.note.isEmpty)
    }
    #expect(choice.candidates.map(\.specification).contains(choice.specification))
    // What was measured decides, and nothing else.
    let again = try BackendChoice(
      among: choice.candidates,
      sample: choice.sample,
      count: choice.count,
      goal: goal
    )
    #expect(again == choice)
  }

  @Test func bytesLimitTheCandidates() throws {
    let set = try VectorSet.open(RealVectors.base)
    let goal = try SearchGoal(recall: 0.8, bytesPerVector: 180)
    let choice = try chooseBackend(
      for: set,
      metric: .squaredL2,
      goal: goal,
      queries: VectorSet.open(RealVectors.queries),
      threads: 2
    )
    let chosen = try #require(
      choice.candidates.first { $0.specification == choice.specification }
    )
    #expect(chosen.bytesPerVector <= 180)
    for candidate in choice.candidates where candidate.bytesPerVector > 180 {
      #expect(candidate.measurement == nil)
      #expect(candidate.note == "too large")
    }
  }

  @Test func badVectorsAreNamedByTheirRow() throws {
    var values = seededValues(count: 2_500, dimension: 3, seed: 1)
    values[3 * 1_234 + 1] = .nan
    let set = VectorSet(values, dimension: 3)
    #expect(throws: IndexError.notFinite(what: "memory", row: 1_234, column: 1)) {
      try chooseBackend(for: set, metric: .cosine, goal: try SearchGoal())
    }
  }

  @Test func badGoalsAreRefused() {
    #expect(throws: IndexError.self) { try SearchGoal(recall: 1) }
    #expect(throws: IndexError.self) { try SearchGoal(k: 0) }
    #expect(throws: IndexError.self) { try SearchGoal(bytesPerVector: 0) }
  }
}
