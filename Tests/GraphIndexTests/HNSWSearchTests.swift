import FlatIndex
import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Mean recall@10 over the shipped GloVe slice.
private func recall(_ metric: Metric, efSearch: Int) throws -> Double {
  let base = try VectorSet.open(RealVectors.base)
  let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    .allRows(preparedFor: metric)
  let options = BuildOptions(metric: metric, threads: 2)
  let truth = try FlatBackend.makeIndex(over: base, options: options).search(queries.span, k: 10)
  let found = try HNSWBackend.makeIndex(over: base, options: options)
    .search(queries.span, k: 10, parameters: ["efSearch": .integer(efSearch)])
  let hits = (0..<truth.queryCount).map { query in
    Set(truth[query].map(\.id)).intersection(found[query].map(\.id)).count
  }
  return Double(hits.reduce(0, +)) / Double(10 * truth.queryCount)
}

// Two-sided: a graph that is suddenly better deserves a look as much as one that is worse.
@Test(arguments: [
  (Metric.cosine, 16, 0.86...0.89), (.cosine, 64, 0.98...1), (.squaredL2, 16, 0.85...0.89),
  (.squaredL2, 64, 0.975...1), (.innerProduct, 64, 0.90...1),
])
func recallOnRealVectors(metric: Metric, efSearch: Int, expected: ClosedRange<Double>) throws {
  let recall = try recall(metric, efSearch: efSearch)
  #expect(expected.contains(recall), "recall@10 \(recall)")
}

@Test func aWiderBeamFindsMore() throws {
  let recalls = try [10, 20, 40, 80, 160].map { try recall(.cosine, efSearch: $0) }
  #expect(zip(recalls, recalls.dropFirst()).allSatisfy { $0 <= $1 })
  #expect((recalls.last ?? 0) > (recalls.first ?? 1))
}

@Test func searchesAtOnceFindWhatOneFinds() throws {
  let dimension = 20
  let base = SyntheticVectors.clustered(2000, dimension: dimension)
  let queries = SyntheticVectors.clustered(100, dimension: dimension, seed: 6)
  let index = try HNSWBackend.makeIndex(
    over: VectorSet(base, dimension: dimension),
    options: BuildOptions(metric: .squaredL2, threads: 2)
  )
  let reference = try index.search(queries.span, k: 10)
  let all: [SearchResults] = try [1, 2, 5].map { threads in
    try index.search(queries.span, k: 10, threads: threads)
  }
  #expect(all.allSatisfy { $0 == reference })
  for query in 0..<100 {
    let one = Array(queries[query * dimension..<(query + 1) * dimension])
    #expect(try index.search(one.span, k: 10)[0] == reference[query])
  }
}

@Test func searchParametersAreChecked() throws {
  let index = try HNSWBackend.makeIndex(
    over: VectorSet([1, 0, 0, 1], dimension: 2),
    options: BuildOptions(metric: .cosine)
  )
  let query: [Float] = [1, 1]
  #expect(
    throws: IndexError.unknownParameter(name: "nprobe", owner: "hnsw", known: ["efSearch"])
  ) { try index.search(query.span, k: 1, parameters: ["nprobe": 3]) }
  #expect(throws: IndexError.self) {
    try index.search(query.span, k: 1, parameters: ["efSearch": 0])
  }
}
