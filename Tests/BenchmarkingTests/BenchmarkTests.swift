import Benchmarking
import Foundation
import IndexStore
import Synchronization
import TestSupport
import Testing
import VectorCore

struct BenchmarkTests {
  let vectors = gridVectors(400, dimension: 8, seed: 1)
  let queries = gridVectors(50, dimension: 8, seed: 2)

  private func truth(_ metric: Metric) throws -> GroundTruth {
    let exact = try exactIndex(over: vectors, metric: metric)
    return try GroundTruth.compute(with: exact, queries: queries, k: 10, threads: 1)
  }

  private func plan(_ folder: TemporaryFolder, metric: Metric = .squaredL2) throws -> BenchmarkPlan
  {
    var plan = BenchmarkPlan(
      [
        try BenchmarkCandidate(sweeping: ScanBackend.self, parameters: ["room": 3]),
        try BenchmarkCandidate(
          ScanBackend.self,
          parameters: ["room": 4],
          settings: [["scan": 25], ["scan": 100], ["scan": 99], ["scan": 100, "extra": 1]]
        ),
      ],
      metric: metric,
      dataset: "grid"
    )
    plan.scratchFolder = folder.path
    plan.threads = 2
    plan.commit = "test"
    return plan
  }

  @Test(arguments: Metric.allCases, [BenchmarkPlan.Subject.opened, .built])
  func measuresEverySetting(metric: Metric, subject: BenchmarkPlan.Subject) throws {
    let folder = try TemporaryFolder()
    var plan = try plan(folder, metric: metric)
    plan.subject = subject
    let records = try Benchmark.run(
      plan,
      vectors: vectors,
      queries: queries,
      truth: truth(metric)
    )
    // The last of each sweep finds everything; two such end it, so scan=99 is still tried.
    #expect(records.count == 3 + 4)
    for record in records {
      let search = record.search
      #expect(search.single.queries == 50)
      #expect(search.single.rounds == 3)
      #expect(search.batch.rounds == 3)
      #expect(search.single.p50 > 0)
      #expect(search.single.p50 <= search.single.p95)
      #expect(search.single.p95 <= search.single.p99)
      #expect(search.single.qps >= search.single.medianQPS)
      #expect(search.batch.qps >= search.batch.medianQPS)
      #expect(search.tolerantRecall >= search.recall)
      #expect(record.index.buildSeconds > 0)
      #expect(record.index.openMilliseconds > 0)
      #expect(record.index.peakBytes > 400 * 8 * 4)
      #expect(record.index.fileBytes > 400 * 8 * 4)
      #expect(record.run.k == 10 && record.run.threads == 2 && record.run.subject == subject)
    }
    #expect(records.map(\.index.spec).prefix(3).allSatisfy { $0 == "scan:room=3,label=a" })
    #expect(records[2].search.recall == 1)
    #expect(records[0].search.recall < records[1].search.recall)
    #expect(records[1].search.recall < 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func stopsASweepThatHasFoundEverythingTwice() throws {
    let folder = try TemporaryFolder()
    var plan = try plan(folder)
    plan.candidates = [
      try BenchmarkCandidate(
        sweeping: ScanBackend.self,
        sweep: ["scan": [50, 100], "extra": [0, 1, 2, 3]]
      )
    ]
    let records = try Benchmark.run(
      plan,
      vectors: vectors,
      queries: queries,
      truth: truth(.squaredL2)
    )
    #expect(
      records.map(\.search.setting) == [
        "scan=50,extra=0", "scan=50,extra=1", "scan=50,extra=2", "scan=50,extra=3",
        "scan=100,extra=0", "scan=100,extra=1",
      ]
    )
  }

  @Test func aTinyBudgetTimesFewerQueriesButCountsRecallOverAll() throws {
    let folder = try TemporaryFolder()
    var plan = try plan(folder)
    plan.budget = .nanoseconds(1)
    let records = try Benchmark.run(
      plan,
      vectors: vectors,
      queries: queries,
      truth: truth(.squaredL2)
    )
    #expect(records.allSatisfy { $0.search.single.queries == 1 })
    #expect(records.allSatisfy { $0.search.batch.rounds == 1 })
    #expect(records[2].search.recall == 1)
  }

  @Test func reportsBuildsThenRounds() throws {
    let folder = try TemporaryFolder()
    let phases = Mutex<[String]>([])
    _ = try Benchmark.run(
      plan(folder),
      vectors: vectors,
      queries: queries,
      truth: truth(.squaredL2)
    ) { moment in
      phases.withLock { if $0.last != moment.phase { $0.append(moment.phase) } }
    }
    #expect(
      phases.withLock { $0 } == [
        "build scan: adding", "store scan", "build scan: adding", "store scan", "round 1 of 3",
        "round 2 of 3", "round 3 of 3",
      ]
    )
  }

  @Test func cutsKToTheNumberOfVectors() throws {
    let folder = try TemporaryFolder()
    let few = gridVectors(4, dimension: 8, seed: 1)
    let exact = try exactIndex(over: few, metric: .squaredL2)
    let truth = try GroundTruth.compute(with: exact, queries: queries, k: 10, threads: 1)
    let records = try Benchmark.run(plan(folder), vectors: few, queries: queries, truth: truth)
    #expect(records.allSatisfy { $0.run.k == 4 })
    #expect(records[2].search.recall == 1)
  }

  @Test func refusesWhatMakesNoSense() throws {
    let folder = try TemporaryFolder()
    let truth = try truth(.squaredL2)
    func error(_ change: (inout BenchmarkPlan) -> Void) throws -> IndexError? {
      var plan = try plan(folder)
      change(&plan)
      return #expect(throws: IndexError.self) {
        try Benchmark.run(plan, vectors: vectors, queries: queries, truth: truth)
      }
    }
    #expect(try error { $0.k = 0 }?.kind == .usage)
    #expect(try error { $0.threads = 0 }?.kind == .usage)
    #expect(try error { $0.rounds = 0 }?.kind == .usage)
    let deep = try error { $0.k = 11 }
    #expect(deep?.description.contains("at most 10") == true)
    let narrow = gridVectors(50, dimension: 7, seed: 1)
    #expect(throws: IndexError.dimensionMismatch(what: "grid", expected: 8, actual: 7)) {
      try Benchmark.run(plan(folder), vectors: vectors, queries: narrow, truth: truth)
    }
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    let folder = try TemporaryFolder()
    var plan = try plan(folder)
    plan.scratchFolder = "/nonexistent"
    let truth = try truth(.squaredL2)
    let error = #expect(throws: FileError.self) {
      try Benchmark.run(plan, vectors: vectors, queries: queries, truth: truth)
    }
    #expect(error?.path.hasPrefix("/nonexistent/") == true)
  }
}
