import Needletail
import TestSupport
import Testing

/// Indexes that are tuned for a recall reach it.
@Suite struct TuningTests {
  private func recall(
    of index: any StoredIndex,
    _ queries: VectorSet,
    truth: SearchResults,
    _ parameters: Parameters = [:]
  ) throws -> Double {
    let found = try index.search(queries, k: truth.k, parameters: parameters)
    let hits = (0..<truth.queryCount).reduce(0) { sum, query in
      sum + Set(truth[query].map(\.id)).intersection(found[query].map(\.id)).count
    }
    return Double(hits) / Double(truth.k * truth.queryCount)
  }

  /// Queries that took no part in the tuning, against the curve from held-out vectors.
  @Test(arguments: [0.8, 0.9, 0.95])
  func heldOutVectorsForetellOtherQueries(_ target: Double) throws {
    let base = try VectorSet.open(RealVectors.base)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    let index = try buildIndex(over: base, "hnsw", metric: .cosine, threads: 2)
    let aimed = try tuned(index, over: base, recall: target, ks: [10, 50], threads: 2)
    #expect(aimed.curve.queryCount == 400)
    #expect(aimed.curve.querySource == .heldOut)
    for k in [10, 50] {
      let truth = try buildIndex(over: base, "flat", metric: .cosine).search(queries, k: k)
      let reached = try recall(of: aimed, queries, truth: truth)
      // Two samples of 400 and 200 queries differ by chance: s/√n is about 0.01 for each.
      #expect(reached >= target - 0.025, "recall@\(k) \(reached)")
      #expect(try recall(of: aimed, queries, truth: truth, ["recall": .real(target)]) == reached)
    }
  }

  @Test func theQueriesThemselvesReachIt() throws {
    let base = try VectorSet.open(RealVectors.base)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    let truth = try buildIndex(over: base, "flat", metric: .squaredL2).search(queries, k: 10)
    let index = try buildIndex(over: base, "hnsw", metric: .squaredL2, threads: 2)
    let aimed = try tuned(index, over: base, recall: 0.95, queries: .given(queries))
    #expect(aimed.curve.queryCount == 200 && aimed.curve.querySource == .given)
    #expect(try recall(of: aimed, queries, truth: truth) >= 0.95)
    // Without ties the curve says what a search finds, to the bit.
    for point in aimed.curve.tables[0].points {
      let found = try recall(of: index, queries, truth: truth, ["efSearch": point.value])
      #expect(abs(found - point.recall) < 1e-9)
    }
    // A graph knows its own vectors: left out one by one, they promise too much.
    let left = try tuned(index, over: base, recall: 0.95, queries: .leaveOneOut).curve
    #expect(left.querySource == .leaveOneOut && left.queryCount == 400)
    #expect(left.tables[0].points[0].recall > aimed.curve.tables[0].points[0].recall + 0.05)
  }

  @Test(
    arguments: ContractCase.all.filter { contract in
      contract.backend.searchParameters.contains { !$0.sweep.isEmpty }
    }
  )
  func everyBackendWithASweep(_ contract: ContractCase) throws {
    let index = try contract.build()
    for source in [
      TuningQuerySource.heldOut, .leaveOneOut, .given(ContractCase.queries),
    ] {
      // faiss links its graph in the order in which threads come along.
      let several = contract.isThreadIndependent ? 3 : 1
      let one = try tune(index, source, threads: 1)
      #expect(try tune(index, source, threads: several).curve == one.curve)
      #expect(one.curve.tables.map(\.k) == [1, 10])
      let last = try #require(one.curve.tables[1].points.last)
      #expect(last.recall >= (contract.backend.name == "faiss-ivfpq" ? 0.1 : 0.99))

      let folder = try TemporaryFolder()
      let path = folder.path("tuned")
      try one.save(to: path)
      let opened = try #require(try openIndex(path) as? TunedIndex)
      #expect(opened.curve == one.curve)
      #expect(
        try opened.search(ContractCase.queries, k: 5) == one.search(ContractCase.queries, k: 5)
      )
    }
    #expect(throws: IndexError.noRecallCurve(owner: contract.backend.name, tunable: true)) {
      try index.search(ContractCase.queries, k: 1, parameters: ["recall": 0.5])
    }
  }

  private func tune(
    _ index: any StoredIndex,
    _ source: TuningQuerySource,
    threads: Int
  ) throws -> TunedIndex {
    try tuned(
      index,
      over: ContractCase.vectors,
      recall: 0.5,
      ks: [10, 1, 10],
      queries: source,
      threads: threads
    )
  }

  @Test func bytesDoNotDependOnThreads() throws {
    let folder = try TemporaryFolder()
    let base = try VectorSet.open(RealVectors.base)
    for threads in [1, 2, 5] {
      let index = try buildIndex(
        over: base,
        "hnsw:M=8,efConstruction=40",
        metric: .cosine,
        threads: threads
      )
      try tuned(index, over: base, recall: 0.9, threads: threads)
        .save(to: folder.path("\(threads)"), compress: true, threads: threads)
    }
    #expect(try folder.bytes("1") == folder.bytes("2"))
    #expect(try folder.bytes("1") == folder.bytes("5"))
  }

  @Test(arguments: [TuningQuerySource.heldOut, .leaveOneOut])
  func smallSets(_ source: TuningQuerySource) throws {
    for count in [2, 3, 12] {
      let set = seededVectors(count: count, dimension: 4, seed: 9)
      let index = try buildIndex(over: set, "hnsw", metric: .squaredL2)
      let aimed = try tuned(index, over: set, recall: 0.9, queries: source)
      #expect(aimed.curve.queryCount == 1)
      #expect(aimed.curve.tables.map(\.k) == [min(10, count - 1)])
      #expect(aimed.curve.tables[0].best.recall == 1)
      // One query shows next to nothing; a search takes the best there is.
      #expect(aimed.curve.tables[0].best.lowerBound < 0.06)
      #expect(try aimed.search(set, k: min(10, count)).counts.allSatisfy { $0 == min(10, count) })
    }
    let one = seededVectors(count: 1, dimension: 4, seed: 9, name: "one")
    let index = try buildIndex(over: one, "hnsw", metric: .squaredL2)
    #expect(throws: RecallError.tooFewVectors(what: "one", count: 1)) {
      try tuned(index, over: one, recall: 0.9, queries: source)
    }
    #expect(try tuned(index, over: one, recall: 0.04, queries: .given(one)).curve.tables[0].k == 1)
  }

  @Test func aSetThatCannotSpareAnyIsLeftWhole() throws {
    let set = seededVectors(count: 256, dimension: 8, seed: 4)
    let index = try buildIndex(over: set, "faiss-ivfpq:nlist=256,m=2,nbits=4", metric: .squaredL2)
    let curve = try tuned(index, over: set, recall: 0.5).curve
    #expect(curve.querySource == .leaveOneOut)
  }

  @Test func anyCopyOfAVectorWillDo() throws {
    // 40 copies each of 10 vectors: which of them are the nearest is decided by row alone.
    let few = seededValues(count: 10, dimension: 6, seed: 3)
    let copies = VectorSet((0..<40).flatMap { _ in few }, dimension: 6)
    for metric in Metric.allCases {
      let index = try buildIndex(over: copies, "hnsw", metric: metric)
      let queries = VectorSet(few, dimension: 6)
      let curve = try tuned(index, over: copies, recall: 0.5, queries: .given(queries)).curve
      #expect(curve.tables[0].points.last?.recall == 1, "\(metric)")
    }
  }

  @Test func partsOfTheSetGiveTheSameTruth() throws {
    let set = ContractCase.vectors
    for metric in Metric.allCases {
      for own in [true, false] {
        let rows: [UInt32] = [0, 17, 250, 499]
        let queries =
          own
          ? try TuningQueries(rows: rows, of: set, metric: metric)
          : try TuningQueries(ContractCase.queries, dimension: 16, metric: metric)
        let whole = try neighbors(of: queries, metric, partRows: nil)
        for part in [1, 7, 100, 499] {
          #expect(try neighbors(of: queries, metric, partRows: part) == whole)
        }
        if own { #expect(zip(rows, whole).allSatisfy { !$1.contains($0) }) }
      }
    }
  }

  private func neighbors(
    of queries: TuningQueries,
    _ metric: Metric,
    partRows: Int?
  ) throws -> [[UInt32]] {
    let exact = try ExactNeighbors(
      of: queries,
      among: ContractCase.vectors,
      k: 20,
      metric: metric,
      threads: 2,
      partRows: partRows
    ) { _ in }
    return (0..<4).map { Array(exact.nearest(20, of: $0)) }
  }

  @Test func whatCannotBeTuned() throws {
    let set = ContractCase.vectors
    let flat = try buildIndex(over: set, "flat", metric: .cosine)
    #expect(throws: RecallError.nothingToTune(backend: "flat")) {
      try tuned(flat, over: set, recall: 0.9)
    }
    #expect(throws: IndexError.noRecallCurve(owner: "flat", tunable: false)) {
      try flat.search(set, k: 1, parameters: ["recall": 0.9])
    }
    let index = try buildIndex(over: set, "hnsw", metric: .cosine)
    for target in [0, 1, .nan, -1] {
      #expect(throws: IndexError.self) { try tuned(index, over: set, recall: target) }
    }
    for ks in [[], [0], [10, -1], Array(1...65)] {
      #expect(throws: IndexError.self) { try tuned(index, over: set, recall: 0.9, ks: ks) }
    }
    #expect(throws: IndexError.self) { try tuned(index, over: set, recall: 0.9, threads: 0) }
    let fewer = seededVectors(count: 499, dimension: 16, seed: 1, name: "fewer")
    #expect(throws: RecallError.otherVectors(what: "fewer", count: 499, expected: 500)) {
      try tuned(index, over: fewer, recall: 0.9)
    }
    for bad in [
      VectorSet([], dimension: 16), seededVectors(count: 3, dimension: 15, seed: 1),
      VectorSet([Float](repeating: 0, count: 16), dimension: 16),
    ] {
      #expect(throws: IndexError.self) {
        try tuned(index, over: set, recall: 0.9, queries: .given(bad))
      }
    }
  }
}
