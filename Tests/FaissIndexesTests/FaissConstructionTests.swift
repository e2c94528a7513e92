import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissConstructionTests {
  /// A set larger than the training sample is trained on a part, and holds every vector.
  @Test func trainsOnASample() throws {
    let base = gaussian(count: 2000, dimension: 8)
    let index = try build(
      FaissIVFPQBackend.self,
      base,
      dimension: 8,
      parameters: ["nlist": 8, "nbits": 4, "max_points_per_centroid": 10]
    )
    let results = try index.search(
      Array(base[..<8]).span,
      k: 2000,
      parameters: ["nprobe": 8]
    )
    #expect(results[0].map(\.id).sorted() == (0..<2000).map { UInt64($0) })
  }

  @Test func badRowIsNamedAlsoWhenSampled() throws {
    var base = gaussian(count: 2000, dimension: 8)
    for row in 500..<1900 { base[row * 8 + 3] = .nan }
    #expect {
      try build(
        FaissIVFPQBackend.self,
        base,
        dimension: 8,
        parameters: ["nlist": 8, "nbits": 4, "max_points_per_centroid": 10]
      )
    } throws: {
      guard case .notFinite(_, let row, 3)? = $0 as? IndexError else { return false }
      return (500..<1900).contains(row)
    }
  }

  /// Progress is reported per block, and blocks do not tear the graph apart.
  @Test func linksAcrossBlocks() throws {
    let count = 40_000
    let base = gaussian(count: count, dimension: 2)
    let done = Progress()
    let index = try FaissHNSWBackend.makeIndex(
      over: VectorSet(base, dimension: 2),
      parameters: ["M": 4, "efConstruction": 16],
      options: BuildOptions(metric: .squaredL2, threads: 2) { done.note($0) }
    )
    #expect(done.steps == [16_384, 32_768, 40_000])
    let rows = stride(from: 0, to: count, by: 400)
    let queries = rows.flatMap { Array(base[$0 * 2..<$0 * 2 + 2]) }
    let results = try index.search(queries.span, k: 1)
    let hits = rows.enumerated().count { results[$0.offset].first?.score == 0 }
    #expect(hits > 95)
  }
}
