import GraphIndex
import IndexStore
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// What a search promises: the same bits however it is cut, everything where everything is asked for.
@Suite struct GraphAnswerTests {
  private static let dimension = 20
  private static let values = SyntheticVectors.clustered(600, dimension: 20)
  private static let queries = SyntheticVectors.clustered(67, dimension: 20, seed: 7)

  @Test(arguments: GraphCase.all, Metric.allCases)
  func batchesAndThreadsChangeNoBit(_ graphCase: GraphCase, metric: Metric) throws {
    let d = Self.dimension
    let index = try hnsw(Self.values, dimension: d, metric, graphCase.parameters)
    for (k, parameters) in [(1, ["efSearch": 1]), (10, [:]), (40, ["efSearch": 12, "rerank": 90])]
      as [(Int, Parameters)]
    {
      let all = try index.search(Self.queries.span, k: k, parameters: parameters)
      #expect(all.counts.allSatisfy { $0 == k })
      for threads in [2, 3] {
        let found = try index.search(
          Self.queries.span,
          k: k,
          parameters: parameters,
          threads: threads
        )
        #expect(identical(found, all), "\(threads) threads")
      }
      for batch in [1, 2, 5, 33] {
        for first in stride(from: 0, to: 60, by: batch == 1 ? 1 : 17) where first + batch <= 67 {
          let some = Array(Self.queries[first * d..<(first + batch) * d])
          let found = try index.search(some.span, k: k, parameters: parameters)
          for query in 0..<batch { #expect(found[query] == all[first + query]) }
        }
      }
    }
  }

  @Test(arguments: GraphCase.all, Metric.allCases)
  func everythingIsFoundWhereEverythingIsAskedFor(_ graphCase: GraphCase, metric: Metric) throws {
    // Clusters so far apart that a walk alone stays in one of them.
    let values = Self.values.enumerated().map { place, value in
      value + (place / Self.dimension % 20 == 3 ? 50 : 0)
    }
    let index = try hnsw(
      values,
      dimension: Self.dimension,
      metric,
      graphCase.with(["efConstruction": 8]).parameters
    )
    for k in [300, 600, 5_000, .max] {
      let found = try index.search(
        Self.queries.span,
        k: k,
        parameters: ["efSearch": 1],
        threads: 2
      )
      for query in 0..<67 {
        #expect(Set(found[query].map(\.id)).count == min(k, 600), "k \(k)")
      }
    }
  }

  @Test(arguments: GraphCase.all, Metric.allCases)
  func equalVectorsComeInTheOrderOfTheirRows(_ graphCase: GraphCase, metric: Metric) throws {
    let one = SyntheticVectors.uniform(1, dimension: 7)
    let index = try hnsw(
      (0..<200).flatMap { _ in one },
      dimension: 7,
      metric,
      graphCase.parameters
    )
    let queries = one + SyntheticVectors.uniform(3, dimension: 7, seed: 7)
    for k in [1, 10, 200] {
      let found = try index.search(queries.span, k: k, parameters: ["efSearch": 1])
      for query in 0..<4 { #expect(found[query].map(\.id) == (0..<k).map { UInt64($0) }) }
    }
  }

  @Test(arguments: GraphCase.all)
  func copiesComeInTheOrderOfTheirRows(_ graphCase: GraphCase) throws {
    let kinds = SyntheticVectors.uniform(30, dimension: 16)
    for metric in [Metric.cosine, .squaredL2] {
      let index = try hnsw(
        (0..<12).flatMap { _ in kinds },
        dimension: 16,
        metric,
        graphCase.with(["rerank": "f32"]).parameters
      )
      let found = try index.search(kinds.span, k: 12)
      for kind in 0..<30 {
        #expect(found[kind].map { Int($0.id) } == (0..<12).map { kind + 30 * $0 })
      }
    }
  }

  @Test(arguments: GraphCase.all, Metric.allCases)
  func scoresOfWholeVectorsAreExact(_ graphCase: GraphCase, metric: Metric) throws {
    let d = Self.dimension
    let parameters = graphCase.with(["rerank": "f32"]).parameters
    let index = try hnsw(Self.values, dimension: d, metric, parameters)
    let found = try index.search(Self.queries.span, k: 30)
    let vectors = rows(Self.values, dimension: d)
    for (query, asked) in rows(Self.queries, dimension: d).enumerated() {
      for neighbor in found[query] {
        let vector = vectors[Int(neighbor.id)]
        let expected = referenceScore(asked, vector, metric)
        let terms = zip(asked, vector).reduce(0.0) { $0 + Double(abs($1.0 * $1.1)) }
        let size = metric == .cosine ? 1 : metric == .squaredL2 ? expected : terms
        #expect(abs(Double(neighbor.score) - expected) <= 3e-6 * size)
      }
      let scores = found[query].map { metric.largerIsNearer ? -$0.score : $0.score }
      #expect(scores == scores.sorted())
    }
  }

  @Test(arguments: Metric.allCases)
  func scoresOfHalvesDifferByTheirRounding(metric: Metric) throws {
    let d = Self.dimension
    let index = try hnsw(Self.values, dimension: d, metric, ["codec": "sq8", "rerank": "f16"])
    let exact = try hnsw(Self.values, dimension: d, metric, ["codec": "sq8", "rerank": "f32"])
    let parameters: Parameters = ["efSearch": 600, "rerank": 600]
    let found = try index.search(Self.queries.span, k: 600, parameters: parameters)
    let truth = try exact.search(Self.queries.span, k: 600, parameters: parameters)
    for query in 0..<67 {
      let own = Dictionary(uniqueKeysWithValues: truth[query].map { ($0.id, $0.score) })
      for neighbor in found[query] {
        // A half is within 2⁻¹¹ of a value of at most 2, and there are 20 products of at most 4.
        let score = try #require(own[neighbor.id])
        #expect(abs(neighbor.score - score) <= 20 * 8 / 2_048)
      }
    }
    #expect(found.scores != truth.scores)
  }

  @Test func searchParametersAreChecked() throws {
    let index = try hnsw([1, 0, 0, 1], dimension: 2, .cosine)
    let query: [Float] = [1, 1]
    #expect(
      throws: IndexError.unknownParameter(
        name: "nprobe",
        owner: "hnsw",
        known: ["efSearch", "rerank"]
      )
    ) { try index.search(query.span, k: 1, parameters: ["nprobe": 3]) }
    for parameters: Parameters in [["efSearch": 0], ["rerank": -1], ["efSearch": 2_000_000]] {
      #expect(throws: IndexError.self) {
        try index.search(query.span, k: 1, parameters: parameters)
      }
    }
  }

  @Test(arguments: GraphCase.all, Metric.allCases)
  func queriesOfNoLengthAndFromAfar(_ graphCase: GraphCase, metric: Metric) throws {
    let d = Self.dimension
    let index = try hnsw(Self.values, dimension: d, metric, graphCase.parameters)
    let zero = [Float](repeating: 0, count: d)
    let far = SyntheticVectors.uniform(2, dimension: d, seed: 7).map { $0 * 1e6 }
    let queries = (metric == .cosine ? [] : zero) + far + far.map { $0 * 1e-20 }
    let found = try index.search(queries.span, k: 25)
    #expect(found.counts.allSatisfy { $0 == 25 })
    let all = try index.search(queries.span, k: 600)
    #expect(all.counts.allSatisfy { $0 == 600 })
  }

  @Test(arguments: GraphCase.all, [Float(1e-18), 1e4, 1e15])
  func vectorsOfEveryMagnitude(_ graphCase: GraphCase, magnitude: Float) throws {
    // What is the same but for the magnitude is found the same, near enough.
    let d = Self.dimension
    let values = Self.values.map { $0 * magnitude }
    let queries = Self.queries.map { $0 * magnitude }
    let isHalf = graphCase.parameters["codec"] == "f16"
    for metric in Metric.allCases where !isHalf || metric == .cosine || magnitude == 1e4 {
      let truth = try flat(Self.values, dimension: d, metric).search(Self.queries.span, k: 10)
      let index = try hnsw(values, dimension: d, metric, graphCase.parameters)
      let found = try index.search(queries.span, k: 10, parameters: ["rerank": 40])
      // One bit a dimension says little of 20 dimensions.
      let floor = graphCase.parameters["codec"] == "rabitq" ? 0.6 : 0.9
      #expect(recall(found, truth) > floor, "\(metric) \(recall(found, truth))")
    }
  }
}
