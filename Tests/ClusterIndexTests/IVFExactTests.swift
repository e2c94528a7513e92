import TestSupport
import Testing
import VectorCore

/// Where every list is scanned and every vector ranked again, nothing is approximate.
@Suite struct IVFExactTests {
  private func check(
    _ values: [Float],
    _ queries: [Float],
    dimension: Int,
    _ metric: Metric,
    k: Int,
    _ parameters: Parameters = ["rerank": "f32"],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try ivf(values, dimension: dimension, metric, parameters)
      .search(queries.span, k: k, parameters: everything, threads: 2)
    ExactCheck(values: values, dimension: dimension, metric: metric)
      .expectNearest(
        found,
        queries,
        k: min(k, values.count / dimension),
        sourceLocation: sourceLocation
      )
  }

  @Test(arguments: Metric.allCases, [1, 10, 1_000, 1_500])
  func theAnswerIsThatOfTheFlatScan(metric: Metric, k: Int) throws {
    let values = SyntheticVectors.clustered(1_500, dimension: 24)
    let queries = SyntheticVectors.clustered(12, dimension: 24, seed: 7)
    try check(values, queries, dimension: 24, metric, k: k)
    let truth = try flat(values, dimension: 24, metric).search(queries.span, k: k)
    let index = try ivf(values, dimension: 24, metric)
    let found = try index.search(queries.span, k: k, parameters: everything)
    // But for pairs of neighbours whose scores round to the same order in one kernel only.
    let moved = zip(found.ids, truth.ids).count { $0 != $1 }
    #expect(moved <= truth.ids.count / 500, "\(moved) of \(truth.ids.count)")
  }

  @Test(arguments: Metric.allCases)
  func halvesDifferByTheirRoundingOnly(metric: Metric) throws {
    let values = SyntheticVectors.clustered(1_500, dimension: 24)
    let queries = SyntheticVectors.clustered(12, dimension: 24, seed: 7)
    let index = try ivf(values, dimension: 24, metric, [:])
    #expect(index.summary.parameters["rerank"] == "f16")
    let found = try index.search(queries.span, k: 1_500, parameters: everything)
    let truth = try ivf(values, dimension: 24, metric)
      .search(queries.span, k: 1_500, parameters: everything)
    var differs = false
    for query in 0..<12 {
      let exact = Dictionary(uniqueKeysWithValues: truth[query].map { ($0.id, $0.score) })
      #expect(Set(found[query].map(\.id)) == Set(exact.keys))
      for neighbor in found[query] {
        // A half is within 2⁻¹¹ of a value, and 24 products of at most 2 are added.
        let own = try #require(exact[neighbor.id])
        #expect(abs(neighbor.score - own) <= 24 * 4 / 2_048, "\(neighbor) for \(own)")
        differs = differs || neighbor.score != own
      }
    }
    #expect(differs)
    let near = try index.search(queries.span, k: 10, parameters: everything)
    let best = try flat(values, dimension: 24, metric).search(queries.span, k: 10)
    #expect(recall(near, best) > 0.97)
  }

  @Test(arguments: Metric.allCases, [1, 2, 3, 17, 64, 65, 257, 1_024, 4_096])
  func everyDimension(metric: Metric, dimension: Int) throws {
    let count = dimension > 1_000 ? 130 : 400
    let values = SyntheticVectors.clustered(count, dimension: dimension)
    let queries = SyntheticVectors.clustered(4, dimension: dimension, seed: 7)
    try check(values, queries, dimension: dimension, metric, k: 20, ["nlist": 7, "rerank": "f32"])
  }

  @Test(arguments: Metric.allCases, [1, 2, 15, 16, 17, 33])
  func everySmallCount(metric: Metric, count: Int) throws {
    let values = SyntheticVectors.uniform(count, dimension: 9)
    let queries = SyntheticVectors.uniform(4, dimension: 9, seed: 7)
    for nlist in [0, 1, 2, count] {
      let parameters: Parameters = ["nlist": .integer(nlist), "rerank": "f32"]
      for k in [1, count] {
        try check(values, queries, dimension: 9, metric, k: k, parameters)
      }
      // The defaults must find everything where everything is asked for.
      let index = try ivf(values, dimension: 9, metric, parameters)
      #expect(try index.search(queries.span, k: count).counts == [count, count, count, count])
    }
  }

  @Test(arguments: Metric.allCases, [1, 40, 600, 5_000])
  func everyNumberOfLists(metric: Metric, nlist: Int) throws {
    let values = SyntheticVectors.clustered(600, dimension: 10)
    let queries = SyntheticVectors.uniform(5, dimension: 10, seed: 7)
    let parameters: Parameters = ["nlist": .integer(nlist), "rerank": "f32"]
    try check(values, queries, dimension: 10, metric, k: 30, parameters)
    let index = try ivf(values, dimension: 10, metric, parameters)
    #expect(index.summary.parameters["nlist"] == .integer(min(nlist, 600)))
    let sizes = try listSizes(index)
    #expect(sizes.count == min(nlist, 600))
    #expect(sizes.reduce(0, +) == 600)
  }

  @Test(arguments: Metric.allCases)
  func constantDimensions(metric: Metric) throws {
    let noise = SyntheticVectors.uniform(800, dimension: 8)
    let values = noise.enumerated().map { $0 % 8 < 3 ? $1 : Float($0 % 8) }
    let queries = SyntheticVectors.uniform(5, dimension: 8, seed: 7)
    try check(values, queries, dimension: 8, metric, k: 30)
  }

  @Test(arguments: Metric.allCases)
  func equalVectorsComeInTheOrderOfTheirRows(metric: Metric) throws {
    let one = SyntheticVectors.uniform(1, dimension: 7)
    let values = (0..<500).flatMap { _ in one }
    let queries = one + SyntheticVectors.uniform(3, dimension: 7, seed: 7)
    for parameters: Parameters in [[:], ["nlist": 40], ["rerank": "f32"]] {
      let index = try ivf(values, dimension: 7, metric, parameters)
      for (k, search) in [(1, [:]), (10, [:]), (500, [:]), (10, everything), (10, ["nprobe": 3])]
        as [(Int, Parameters)]
      {
        let found = try index.search(queries.span, k: k, parameters: search)
        for query in 0..<4 {
          #expect(found[query].map(\.id) == (0..<k).map { UInt64($0) }, "k \(k), \(parameters)")
        }
      }
    }
  }

  @Test(arguments: [Metric.cosine, .squaredL2])
  func copiesComeInTheOrderOfTheirRows(metric: Metric) throws {
    let kinds = SyntheticVectors.uniform(50, dimension: 16)
    let index = try ivf((0..<30).flatMap { _ in kinds }, dimension: 16, metric)
    let found = try index.search(kinds.span, k: 30)
    for kind in 0..<50 {
      #expect(found[kind].map { Int($0.id) } == (0..<30).map { kind + 50 * $0 })
    }
  }

  @Test(arguments: Metric.allCases)
  func normsOfEveryMagnitude(metric: Metric) throws {
    let noise = SyntheticVectors.uniform(900, dimension: 8)
    let scales = try (0..<9).map { try #require(Float("1e\($0 * 3 - 12)")) }
    let values = noise.enumerated().map { $1 * scales[$0 / 8 % 9] }
    let queries = SyntheticVectors.uniform(9, dimension: 8, seed: 7).enumerated().map {
      $1 * scales[$0 / 8]
    }
    let parameters: Parameters = metric == .cosine ? ["rerank": "f32"] : [:]
    let index = try ivf(values, dimension: 8, metric, parameters)
    // Halves hold no such values.
    #expect(index.summary.parameters["rerank"] == "f32")
    try check(values, queries, dimension: 8, metric, k: 50, parameters)
    try check(values, queries, dimension: 8, metric, k: 900, parameters)
  }

  @Test(arguments: [Metric.innerProduct, .squaredL2])
  func queriesOfNoLengthAndFromAfar(metric: Metric) throws {
    let values = SyntheticVectors.clustered(700, dimension: 12)
    let zero = [Float](repeating: 0, count: 12)
    let far = SyntheticVectors.uniform(2, dimension: 12, seed: 7).map { $0 * 1e6 }
    let tiny = far.map { $0 * 1e-20 }
    try check(values, zero + far + tiny, dimension: 12, metric, k: 25)
    let index = try ivf(values, dimension: 12, metric)
    let found = try index.search((zero + far + tiny).span, k: 25)
    #expect(found.counts == [25, 25, 25, 25, 25])
    // Under the inner product all scores of a zero query are equal: rows decide, among those seen.
    guard metric == .innerProduct else { return }
    let all = try index.search(zero.span, k: 25, parameters: everything)
    #expect(all[0].map(\.id) == (0..<25).map { UInt64($0) })
  }
}
