import CuVSIndexes
import FlatIndex
import IndexStore
import Needletail
import TestSupport
import Testing
import VectorCore

/// A graph of cuVS becomes one that is searched without a GPU.
extension CuVSIndexTests {
  private static let ids = VectorIDs(unchecked: (0..<300).map { UInt64(1_000 - $0) })

  private func cagra(_ metric: Metric) throws -> any StoredIndex {
    let plain = VectorSet(SyntheticVectors.clustered(300, dimension: 12), dimension: 12)
    let vectors = VectorSet(plain.source, ids: Self.ids)
    return try FakeCuVS.run {
      try CuVSCagraBackend.makeIndex(
        over: vectors,
        parameters: backends[1].parameters,
        options: BuildOptions(metric: metric)
      )
    }
  }

  @Test(arguments: Metric.allCases)
  func aGraphBecomesANativeOne(_ metric: Metric) throws {
    let source = try cagra(metric)
    let converted = try Conversion(of: source).index(IndexSpecification(parsing: "hnsw:codec=sq8"))
    #expect(converted.summary.backend == "hnsw" && converted.summary.metric == metric)
    #expect(converted.ids == source.ids)
    let queries = seededVectors(count: 40, dimension: 12, seed: 2)
    let expected = try FakeCuVS.run { try source.search(queries, k: 10) }
    let found = try converted.search(queries, k: 10, parameters: ["efSearch": 200])
    let hits = (0..<40).reduce(0) {
      $0 + Set(found[$1].map(\.id)).intersection(expected[$1].map(\.id)).count
    }
    #expect(hits > 380, "\(hits) of 400")
  }

  @Test func aConversionIsTheSameForAnyThreads() throws {
    let folder = try TemporaryFolder()
    let conversion = try Conversion(of: cagra(.cosine))
    let specification = try IndexSpecification(parsing: "hnsw")
    let files = try [1, 3].map { threads in
      let name = "\(threads).needle"
      try conversion.index(specification, threads: threads).save(to: folder.path(name))
      return try folder.bytes(name)
    }
    #expect(files[0] == files[1])
    let memory = try #require(try conversion.memory(specification))
    #expect(abs(memory.fileBytes - files[0].count) < 4_096)
  }

  @Test func attributesStayAndACurveDoesNot() throws {
    let source = try cagra(.cosine)
    let table = AttributeTable(
      count: 300,
      columns: [
        AttributeTable.Column(
          name: "year",
          values: .integers(SharedArray((0..<300).map { 2_000 + Int64($0) })),
          present: RowFilter(count: 300) { $0 != 5 }
        )
      ]
    )
    let tuned = TunedIndex(
      AttributedIndex(source, attributes: table),
      curve: RecallCurve(
        parameter: "itopk_size",
        target: 0.9,
        queryCount: 10,
        querySource: .given,
        tables: [
          RecallCurve.Table(
            k: 10,
            points: [.init(value: .integer(64), recall: 0.9, lowerBound: 0.8)]
          )
        ]
      )
    )
    let converted = try Conversion(of: tuned).index(IndexSpecification(parsing: "hnsw"))
    #expect(converted.attributeTable == table)
    #expect(!(converted is TunedIndex))
  }

  @Test func whatIsNoGraphIsRefused() throws {
    let vectors = seededVectors(count: 30, dimension: 12, seed: 1)
    let plain = try buildIndex(over: vectors, "flat", metric: .cosine)
    let exact = try FakeCuVS.run { try buildIndex(over: vectors, "cuvs-flat", metric: .cosine) }
    for (index, name) in [(plain, "flat"), (exact, "cuvs-flat")] {
      #expect(throws: ConversionError.noGraph(backend: name)) { try Conversion(of: index) }
    }
    let conversion = try Conversion(of: cagra(.cosine))
    #expect(throws: ConversionError.notOfGraph(backend: "ivf")) {
      try conversion.index(IndexSpecification(parsing: "ivf"))
    }
  }
}
