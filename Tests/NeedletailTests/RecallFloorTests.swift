import Needletail
import TestSupport
import Testing

/// Approximate backends find what they should on 4,000 real vectors.
@Suite struct RecallFloorTests {
  struct Floor: Sendable, CustomTestStringConvertible {
    let specification: String
    let parameters: Parameters
    let metric: Metric
    let recall: Double
    /// Above this a cheap setting is not the cheap one any more.
    let ceiling: Double

    var testDescription: String { "\(specification) \(parameters) \(metric.rawValue)" }
  }

  // About 0.01 below what seed 42 gives; a change that costs more than noise falls below. Ceilings
  // are as far above: where a margin finds more than it did, it scans more than it did.
  static let floors: [Floor] =
    floors("hnsw", ["efSearch": 64], [.cosine: 0.983, .squaredL2: 0.975, .innerProduct: 0.975])
    + floors(
      "faiss-hnsw",
      ["efSearch": 64],
      [.cosine: 0.983, .squaredL2: 0.975, .innerProduct: 0.975]
    )
    + floors(
      "faiss-ivfpq:nlist=32,m=25",
      ["nprobe": 16],
      [.cosine: 0.875, .squaredL2: 0.89, .innerProduct: 0.825]
    )
    // Its nearest are ours, but where two scores round to the same number.
    + floors("faiss-flat", [:], [.cosine: 0.999, .squaredL2: 0.999, .innerProduct: 0.999])
    + floors("ivf", [:], [.cosine: 0.985, .squaredL2: 0.99, .innerProduct: 0.95], within: 0.02)
    + floors(
      "ivf",
      ["margin": 1.5],
      [.cosine: 0.92, .squaredL2: 0.97, .innerProduct: 0.67],
      within: 0.03
    )
    + floors("ivf", ["margin": 6], [.cosine: 0.995, .squaredL2: 0.995, .innerProduct: 0.99])
    + floors("flat:first=int8", [:], [.cosine: 1, .squaredL2: 1, .innerProduct: 1])

  private static func floors(
    _ specification: String,
    _ parameters: Parameters,
    _ recalls: KeyValuePairs<Metric, Double>,
    within width: Double = 1
  ) -> [Floor] {
    recalls.map { metric, recall in
      Floor(
        specification: specification,
        parameters: parameters,
        metric: metric,
        recall: recall,
        ceiling: recall + width
      )
    }
  }

  @Test(arguments: floors)
  func recallAtTen(_ floor: Floor) throws {
    let base = try VectorSet.open(RealVectors.base)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    let truth = try buildIndex(over: base, "flat", metric: floor.metric).search(queries, k: 10)
    let index = try buildIndex(over: base, floor.specification, metric: floor.metric)
    let found = try index.search(queries, k: 10, parameters: floor.parameters)
    var hits = 0
    for query in 0..<truth.queryCount {
      hits += Set(truth[query].map(\.id)).intersection(found[query].map(\.id)).count
    }
    let recall = Double(hits) / Double(10 * truth.queryCount)
    #expect(recall >= floor.recall && recall <= floor.ceiling, "recall@10 is \(recall)")
  }
}
