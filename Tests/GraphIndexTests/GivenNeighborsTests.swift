import FlatIndex
import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Graphs that begin with rows that were given, not searched for.
@Suite struct GivenNeighborsTests {
  private static let dimension = 50

  private func real() throws -> (base: [Float], queries: [Float]) {
    (
      try VectorSet.open(RealVectors.base).allRows(preparedFor: .cosine),
      try VectorSet.open(RealVectors.queries, role: .queries).allRows(preparedFor: .cosine)
    )
  }

  /// The nearest of each row, itself among them.
  private func nearest(_ values: [Float], dimension: Int, k: Int) throws -> NeighborLists {
    let exact = try flat(values, dimension: dimension, .cosine)
    let found = try exact.search(values.span, k: k, threads: 2)
    return NeighborLists(SharedArray(found.ids.map { UInt32($0) }), width: k)
  }

  private func index(
    _ values: [Float],
    dimension: Int,
    _ lists: NeighborLists,
    _ parameters: Parameters = ["codec": "sq8"],
    threads: Int = 2
  ) throws -> HNSWIndex {
    let index = try HNSWBackend.makeIndex(
      over: VectorSet(values, dimension: dimension),
      parameters: parameters,
      options: BuildOptions(metric: .cosine, threads: threads, neighbors: lists)
    )
    return try #require(index as? HNSWIndex)
  }

  private func bytes(_ index: HNSWIndex) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try IndexFile.write(index, to: folder.path("index.needle"), compress: false)
    return try folder.bytes("index.needle")
  }

  @Test func theyServeAsWellAsThoseThatAreSearchedFor() throws {
    let (base, queries) = try real()
    let truth = try flat(base, dimension: Self.dimension, .cosine).search(queries.span, k: 10)
    let lists = try nearest(base, dimension: Self.dimension, k: 32)
    let given = try index(base, dimension: Self.dimension, lists)
    let searched = try hnsw(base, dimension: Self.dimension, .cosine, ["codec": "sq8"])
    let setting: Parameters = ["efSearch": 12]
    let shares = try [given, searched].map { index in
      recall(try index.search(queries.span, k: 10, parameters: setting), truth)
    }
    #expect(abs(shares[0] - shares[1]) <= 0.03, "\(shares)")
  }

  @Test func orderAndRepetitionsDoNotMatter() throws {
    let values = SyntheticVectors.clustered(700, dimension: 12)
    let lists = try nearest(values, dimension: 12, k: 20)
    let expected = try bytes(index(values, dimension: 12, lists))
    var shuffled: [UInt32] = []
    for row in 0..<lists.count {
      let own = (row * lists.width..<(row + 1) * lists.width).map { lists.rows[$0] }
      let order = seededShuffle(of: own.count, seed: UInt64(row))
      shuffled += order.map { own[Int($0)] } + own.prefix(5)
    }
    let other = NeighborLists(SharedArray(shuffled), width: lists.width + 5)
    for threads in [1, 3] {
      #expect(try bytes(index(values, dimension: 12, other, threads: threads)) == expected)
    }
  }

  /// Whatever is given, all nodes are reached, and the second pass finds what was left out.
  @Test(arguments: GraphCase.all, ["none", "random", "one"])
  func poorLists(_ graphCase: GraphCase, _ kind: String) throws {
    let values = SyntheticVectors.clustered(600, dimension: 16)
    let truth = try flat(values, dimension: 16, .cosine).search(values.span, k: 1)
    let rows: [UInt32] =
      switch kind {
      case "none": (0..<600).map { $0 }
      case "one": Array(repeating: 7, count: 600)
      default: (0..<6_000).map { UInt32(SplitMix64.value(seed: 5, at: $0) % 600) }
      }
    let lists = NeighborLists(SharedArray(rows), width: rows.count / 600)
    let index = try index(values, dimension: 16, lists, graphCase.parameters)
    let found = try index.search(values.span, k: 1, parameters: ["efSearch": 600])
    #expect(recall(found, truth) > 0.99)
    #expect(found.counts.allSatisfy { $0 == 1 })
  }

  @Test func copiesShareANodeOfTheirOwnLists() throws {
    let kinds = SyntheticVectors.uniform(40, dimension: 12)
    let values = (0..<15).flatMap { _ in kinds }
    // Each row lists nothing but its copies, but for one.
    let rows: [UInt32] = (0..<600).flatMap { (row: UInt32) -> [UInt32] in
      (0..<7).map { (copy: UInt32) in row % 40 + 40 * copy } + [(row + 1) % 40]
    }
    let lists = NeighborLists(SharedArray(rows), width: 8)
    let index = try index(values, dimension: 12, lists)
    #expect(index.graph.count == 40)
    let found = try index.search(kinds.span, k: 15, parameters: ["efSearch": 64])
    for kind in 0..<40 { #expect(found[kind].allSatisfy { $0.id % 40 == kind }) }
  }

  @Test func listsOfAnotherSetAreRefused() throws {
    let values = SyntheticVectors.uniform(30, dimension: 12)
    let lists = NeighborLists(SharedArray((0..<29).map { $0 }), width: 1)
    let error = #expect(throws: IndexError.self) {
      try index(values, dimension: 12, lists)
    }
    #expect(error?.description.contains("neighbors=lists of 29 rows is not allowed") == true)
  }

  @Test func aSingleVectorNeedsNone() throws {
    let values = SyntheticVectors.uniform(1, dimension: 12)
    let lists = NeighborLists(SharedArray([0, 0]), width: 2)
    let found = try index(values, dimension: 12, lists).search(values.span, k: 1)
    #expect(found.ids == [0])
  }
}
