import Needletail
import TestSupport
import Testing

@Suite struct ExplainedIndexTests {
  private func reason(_ specification: String, dimension: Int = 24) throws -> String? {
    let set = seededVectors(count: 300, dimension: dimension, seed: 1)
    let index = try buildIndex(over: set, specification, metric: .cosine)
    return (index as? any ExplainedIndex)?.reason
  }

  @Test func whatIsLeftOpenHasAReason() throws {
    let short = try #require(try reason("hnsw"))
    #expect(short.hasPrefix("codec=f16, layout=slim: 24 dimensions"))
    let near = VectorSet(
      SyntheticVectors.clustered(300, dimension: 100, clusters: 12),
      dimension: 100
    )
    let long = try buildIndex(over: near, "hnsw", metric: .cosine) as? any ExplainedIndex
    #expect(long?.reason.hasPrefix("codec=pq, layout=fat: 100 dimensions") == true)
    // Independent values: every vector is about as far from every other.
    let hard = try #require(try reason("hnsw", dimension: 100))
    #expect(hard.hasPrefix("codec=sq8, layout=slim: neighbors are nearly as far as others"))
    let slim = try #require(try reason("hnsw:layout=slim", dimension: 100))
    #expect(slim.hasPrefix("codec=sq8: 100 dimensions"))
  }

  @Test func whatWasAskedForHasNone() throws {
    #expect(try reason("hnsw:codec=sq8") == "")
    #expect(try reason("flat") == nil)
  }

  @Test func aFileKeepsNone() throws {
    let folder = try TemporaryFolder()
    let set = seededVectors(count: 50, dimension: 8, seed: 1)
    try buildIndex(over: set, "hnsw", metric: .cosine).save(to: folder.path("index"))
    #expect((try openIndex(folder.path("index")) as? any ExplainedIndex)?.reason == "")
  }
}
