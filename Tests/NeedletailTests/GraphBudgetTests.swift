import Needletail
import TestSupport
import Testing

@Suite struct GraphBudgetTests {
  private func budget(
    _ limit: Double,
    count: Int = 1_000_000,
    dimension: Int,
    _ given: Parameters = [:],
    _ metric: Metric = .cosine
  ) throws -> GraphBudget {
    let set = VectorSet(HollowVectors(count: count, dimension: dimension))
    return try GraphBudget(within: limit, given: given, over: set, metric: metric)
  }

  @Test(arguments: [4, 16, 24, 50, 100, 128, 200, 384, 768, 1_536], Metric.allCases)
  func moreBytesNeverTakeAWorseRung(_ dimension: Int, _ metric: Metric) throws {
    var smallest: Double?
    do {
      _ = try budget(1, dimension: dimension, metric: metric)
    } catch BudgetError.tooSmall(_, let found, _) {
      smallest = found
    }
    let least = try #require(smallest)
    // What is named as the least can be had.
    #expect(try budget(least, dimension: dimension, metric: metric).bytesPerVector == least)
    var taken = 0.0
    for limit in stride(from: least, to: 16 * least, by: least / 8) {
      let chosen = try budget(limit, dimension: dimension, metric: metric)
      #expect(chosen.bytesPerVector <= limit)
      #expect(chosen.bytesPerVector >= taken, "\(limit): \(chosen.specification)")
      taken = chosen.bytesPerVector
    }
    #expect(
      !(try budget(1e9, dimension: dimension, metric: metric).specification.description)
        .contains("rabitq")
    )
  }

  private func budget(_ limit: Double, dimension: Int, metric: Metric) throws -> GraphBudget {
    try budget(limit, dimension: dimension, [:], metric)
  }

  @Test func theLadderOfLongVectors() throws {
    func rung(_ limit: Double) throws -> String {
      try budget(limit, dimension: 384).specification.description
    }
    #expect(try rung(3_000) == "hnsw:codec=pq,layout=fat,rerank=residual")
    #expect(try rung(1_000) == "hnsw:codec=leanvec,layout=slim,rerank=residual")
    #expect(try rung(400) == "hnsw:codec=leanvec,layout=slim,rerank=none")
    #expect(try rung(200) == "hnsw:codec=rabitq,layout=slim,rerank=none")
    #expect(try rung(180).hasPrefix("hnsw:codec=rabitq,layout=slim,rerank=none,M="))
  }

  @Test func shortVectorsLoseLinksBeforeRests() throws {
    func rung(_ limit: Double) throws -> String {
      try budget(limit, dimension: 50).specification.description
    }
    #expect(try rung(400) == "hnsw:codec=sq8,layout=slim,rerank=residual")
    #expect(try rung(300) == "hnsw:codec=sq8,layout=slim,rerank=residual,M=16")
    #expect(try rung(200) == "hnsw:codec=sq8,layout=slim,rerank=none,M=16")
  }

  @Test func whatIsGivenStays() throws {
    let chosen = try budget(1_300, dimension: 384, ["M": 24, "rerank": "f16"])
    #expect(chosen.specification.parameters["M"] == 24)
    #expect(chosen.specification.parameters["rerank"] == "f16")
    #expect(throws: BudgetError.self) { try budget(500, dimension: 384, ["M": 64]) }
    let codec = try budget(5_000, dimension: 384, ["codec": "sq4", "efConstruction": 32])
    #expect(
      codec.specification.description
        == "hnsw:codec=sq4,efConstruction=32,layout=slim,rerank=residual"
    )
    #expect(throws: IndexError.self) {
      try budget(5_000, dimension: 384, ["codec": "sq4", "layout": "fat"])
    }
  }

  @Test(arguments: [0, -1, .infinity, .nan])
  func badLimitsAreRefused(_ limit: Double) {
    #expect(throws: IndexError.self) { try budget(limit, dimension: 8) }
  }

  @Test(arguments: [(60, 100.0), (60, 300), (120, 260), (120, 460), (200, 190), (200, 500)])
  func filesKeepToTheLimit(_ dimension: Int, _ limit: Double) throws {
    let count = 4_000
    let values = SyntheticVectors.clustered(count, dimension: dimension, clusters: 200)
    let ids = try VectorIDs((0..<UInt64(count)).map { 3 * $0 })
    let set = VectorSet(VectorSet(values, dimension: dimension).source, ids: ids)
    do {
      let chosen = try GraphBudget(
        within: limit,
        given: ["efConstruction": 10],
        over: set,
        metric: .cosine
      )
      let index = try buildIndex(over: set, chosen.specification.description, metric: .cosine)
      let folder = try TemporaryFolder()
      let bytes = try index.save(to: folder.path("index")).fileBytes
      #expect(Double(bytes) / Double(count) <= limit, "\(chosen.specification)")
    } catch BudgetError.tooSmall(_, let smallest, _) {
      #expect(smallest > limit)
    }
  }
}

/// A set that has a size and nothing else.
struct HollowVectors: VectorSource {
  let count: Int
  let dimension: Int
  var name: String { "hollow" }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    throw FileError(.internal, path: name, reason: "nothing is to be read")
  }
}
