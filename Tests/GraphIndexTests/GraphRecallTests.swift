import GraphIndex
import TestSupport
import Testing
import VectorCore

/// Two-sided: a graph that is suddenly better deserves a look as much as one that is worse, since it
/// may look at everything.
@Suite struct GraphRecallTests {
  /// A codec at a narrow window, with the recall@10 that seed 42 gives.
  struct Expected: Sendable, CustomTestStringConvertible {
    let codec: String
    let layout: String
    let efSearch: Int
    let recall: Double

    init(_ codec: String, _ layout: String = "auto", efSearch: Int, _ recall: Double) {
      (self.codec, self.layout, self.efSearch, self.recall) = (codec, layout, efSearch, recall)
    }

    var testDescription: String { "\(codec) \(layout) \(efSearch)" }
    var parameters: Parameters { ["codec": .text(codec), "layout": .text(layout)] }
  }

  private func check(
    _ expected: Expected,
    _ metric: Metric,
    base: [Float],
    queries: [Float],
    dimension: Int
  ) throws {
    let truth = try flat(base, dimension: dimension, metric).search(queries.span, k: 10)
    let index = try hnsw(base, dimension: dimension, metric, expected.parameters)
    let search: Parameters = ["efSearch": .integer(expected.efSearch)]
    let found = try index.search(queries.span, k: 10, parameters: search)
    let recall = recall(found, truth)
    #expect(abs(recall - expected.recall) <= 0.03, "recall@10 \(recall)")
    // Each query comes by a part of the set only.
    let visited = try #require(index.observations.first { $0.name == "expanded_nodes" })
    #expect(visited.count <= 2 * expected.efSearch * truth.queryCount, "\(visited)")
  }

  @Test(arguments: [
    Expected("f32", efSearch: 12, 0.942), Expected("f16", efSearch: 12, 0.942),
    Expected("sq8", efSearch: 12, 0.9425), Expected("sq4", efSearch: 12, 0.94),
    Expected("rabitq", efSearch: 24, 0.8285), Expected("leanvec", efSearch: 12, 0.936),
    Expected("pq", efSearch: 64, 0.915), Expected("rabitq", "fat", efSearch: 64, 0.753),
  ])
  func realVectors(_ expected: Expected) throws {
    let base = try VectorSet.open(RealVectors.base).allRows(preparedFor: .cosine)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
      .allRows(preparedFor: .cosine)
    try check(expected, .cosine, base: base, queries: queries, dimension: 50)
  }

  @Test(arguments: [Metric.squaredL2, .innerProduct])
  func otherMetrics(metric: Metric) throws {
    let base = try VectorSet.open(RealVectors.base).allRows(preparedFor: metric)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
      .allRows(preparedFor: metric)
    let expected =
      metric == .squaredL2
      ? [Expected("sq8", efSearch: 16, 0.9625), Expected("pq", efSearch: 64, 0.9195)]
      : [Expected("sq8", efSearch: 16, 0.9815), Expected("pq", efSearch: 64, 0.8385)]
    for expected in expected {
      try check(expected, metric, base: base, queries: queries, dimension: 50)
    }
  }

  @Test(arguments: [
    Expected("f32", efSearch: 16, 0.787), Expected("f16", efSearch: 16, 0.786),
    Expected("sq8", efSearch: 16, 0.774), Expected("sq4", efSearch: 16, 0.825),
    Expected("rabitq", efSearch: 48, 0.671), Expected("leanvec", efSearch: 16, 0.783),
    Expected("pq", efSearch: 64, 0.858), Expected("rabitq", "fat", efSearch: 64, 0.834),
  ])
  func clusteredVectors(_ expected: Expected) throws {
    let base = SyntheticVectors.clustered(2_000, dimension: 128, clusters: 40)
    let queries = SyntheticVectors.clustered(100, dimension: 128, clusters: 40, seed: 6)
    try check(expected, .squaredL2, base: base, queries: queries, dimension: 128)
  }

  @Test func aWiderBeamFindsMore() throws {
    let base = try VectorSet.open(RealVectors.base).allRows(preparedFor: .cosine)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
      .allRows(preparedFor: .cosine)
    let truth = try flat(base, dimension: 50, .cosine).search(queries.span, k: 10)
    for codec in ["sq8", "pq"] {
      let index = try hnsw(base, dimension: 50, .cosine, ["codec": .text(codec)])
      let recalls = try [10, 20, 40, 80, 160].map { efSearch in
        let found = try index.search(
          queries.span,
          k: 10,
          parameters: ["efSearch": .integer(efSearch)]
        )
        return recall(found, truth)
      }
      #expect(zip(recalls, recalls.dropFirst()).allSatisfy { $0 <= $1 + 0.002 }, "\(recalls)")
      #expect(recalls[0] < 0.97 && recalls[4] > (codec == "pq" ? 0.95 : 0.99), "\(recalls)")
    }
  }

  /// More than the lists of the construction are clustered with all rounds for.
  @Test func manyVectors() throws {
    let base = SyntheticVectors.uniform(12_000, dimension: 8)
    let queries = SyntheticVectors.uniform(50, dimension: 8, seed: 7)
    let truth = try flat(base, dimension: 8, .squaredL2).search(queries.span, k: 10)
    let found = try hnsw(base, dimension: 8).search(queries.span, k: 10)
    #expect(recall(found, truth) > 0.97, "\(recall(found, truth))")
  }

  @Test(arguments: [
    ("sq8", 0.72), ("sq4", 0.66), ("rabitq", 0.4), ("leanvec", 0.6), ("pq", 0.64),
  ])
  func vectorsOfDifferentLengths(codec: String, floor: Double) throws {
    // The longest are the nearest by their product: codes that do not reach them find none.
    let noise = SyntheticVectors.clustered(2_000, dimension: 48)
    let base = noise.enumerated().map { place, value in
      value * [0.5, 0.7, 1, 1.4, 2][place / 48 % 5]
    }
    let queries = SyntheticVectors.uniform(50, dimension: 48, seed: 7)
    let truth = try flat(base, dimension: 48, .innerProduct).search(queries.span, k: 10)
    let index = try hnsw(base, dimension: 48, .innerProduct, ["codec": .text(codec)])
    let found = try index.search(queries.span, k: 10)
    #expect(recall(found, truth) > floor, "\(recall(found, truth))")
  }
}
