import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// How much walks look at: the same on every machine, so that a change that makes them look at more is
/// seen without a clock.
@Suite struct WalkCountTests {
  private static let values = SyntheticVectors.clustered(3_000, dimension: 32, clusters: 60)
  private static let queries = SyntheticVectors.clustered(100, dimension: 32, clusters: 60, seed: 7)

  private func counts(_ index: HNSWIndex) -> [Int] { index.observations.map(\.count) }

  @Test func aWalkLooksAtAsMuchAsItDid() throws {
    let index = try hnsw(Self.values, dimension: 32, .squaredL2, ["codec": "sq8", "M": 16])
    #expect(index.observations.map(\.name) == ["distances", "expanded_nodes"])
    #expect(counts(index) == [0, 0])
    _ = try index.search(Self.queries.span, k: 10, parameters: ["efSearch": 32])
    #expect(counts(index) == [28_249, 3_448])
  }

  @Test func aWalkInFatRowsLooksAtAsMuchAsItDid() throws {
    let index = try hnsw(Self.values, dimension: 32, .squaredL2, ["codec": "pq", "M": 16])
    _ = try index.search(Self.queries.span, k: 10, parameters: ["efSearch": 32])
    let (distances, expanded) = (counts(index)[0], counts(index)[1])
    #expect(expanded == 3_518)
    // Some entry points, in each row a score and 32 estimates, and up to 10 nodes behind the window.
    let entries = Double(distances - 33 * expanded) / 100
    #expect((1...Double(index.graph.entries.nodes.count)).contains(entries), "\(entries)")
  }

  @Test(arguments: GraphCase.all)
  func countsDoNotDependOnBatchesAndThreads(_ graphCase: GraphCase) throws {
    let index = try hnsw(Self.values, dimension: 32, .cosine, graphCase.parameters)
    _ = try index.search(Self.queries.span, k: 10)
    let once = counts(index)
    _ = try index.search(Self.queries.span, k: 10, threads: 3)
    #expect(counts(index) == once.map { 2 * $0 })
    for query in rows(Self.queries, dimension: 32) { _ = try index.search(query.span, k: 10) }
    #expect(counts(index) == once.map { 3 * $0 })
    // The window is expanded, and little else.
    #expect((100 * 64...100 * 160).contains(once[1]), "\(once)")
  }
}
