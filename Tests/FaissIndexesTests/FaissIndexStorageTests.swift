import FaissIndexes
import Foundation
import IndexStore
import Testing
import VectorCore

/// Indexes of faiss in the file of Needletail.
@Suite struct FaissIndexStorageTests {
  private static let names = backends.map { $0.name }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("faiss-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("index.needle").path)
  }

  private func sample(_ name: String, metric: Metric = .cosine) throws -> any StoredIndex {
    let set = VectorSet(
      VectorSet(gaussian(count: 500, dimension: 12), dimension: 12).source,
      ids: try VectorIDs((0..<500).map { 7 * $0 + 3 })
    )
    let backend = try #require(backends.first { $0.name == name })
    return try backend.makeIndex(
      over: set,
      options: BuildOptions(metric: metric, threads: 2, seed: 5)
    )
  }

  @Test(arguments: names, [false, true])
  func openedAnswersAlike(name: String, compress: Bool) throws {
    let queries = gaussian(count: 60, dimension: 12, seed: 2)
    for metric in Metric.allCases {
      let index = try sample(name, metric: metric)
      try inFolder { path in
        try IndexFile.write(index, to: path, compress: compress)
        let opened = try IndexFile.open(path).index(using: backends)
        #expect(opened.summary == index.summary)
        #expect(opened.ids == index.ids)
        let parameters: Parameters = name == "faiss-ivfpq" ? ["nprobe": 7] : [:]
        #expect(
          try opened.search(queries.span, k: 10, parameters: parameters)
            == index.search(queries.span, k: 10, parameters: parameters)
        )
        #expect(try serialized(opened) == serialized(index))
      }
    }
  }

  /// A summary that does not fit the bytes, in a file whose checksums are right.
  @Test func bytesOfAnotherIndexAreRefused() throws {
    let forged: [(String, IndexSummary)] = try [
      ("the dimension is 12, not 6", summary(of: sample("faiss-flat"), dimension: 6)),
      ("the number of rows is 500, not 499", summary(of: sample("faiss-hnsw"), count: 499)),
      ("the mark is not \"IxF2\"", summary(of: sample("faiss-flat"), metric: .squaredL2)),
      (
        "are not those of a stored faiss-ivfpq",
        summary(of: sample("faiss-ivfpq"), parameters: ["nlist": 0])
      ),
      (
        "are not those of a stored faiss-ivfpq",
        summary(of: sample("faiss-ivfpq"), parameters: ["nlist": 4, "m": 5, "nbits": 8])
      ),
      (
        "are not those of a stored faiss-hnsw",
        summary(of: sample("faiss-hnsw"), parameters: ["links": 4])
      ),
      ("degrees", summary(of: sample("faiss-hnsw"), parameters: ["M": 8])),
    ]
    for (reason, summary) in forged {
      let index = try Forgery(summary: summary, bytes: serialized(sample(summary.backend)))
      try inFolder { path in
        try IndexFile.write(index, to: path, compress: false)
        #expect {
          try IndexFile.open(path).index(using: backends)
        } throws: { error in
          guard let error = error as? FileError else { return false }
          return error.kind == .badData && error.path == path
            && error.description.contains(reason)
            && error.description.contains("section 'faiss'")
        }
      }
    }
  }

  private func summary(
    of index: any StoredIndex,
    parameters: Parameters? = nil,
    metric: Metric? = nil,
    count: Int? = nil,
    dimension: Int? = nil
  ) -> IndexSummary {
    let real = index.summary
    return IndexSummary(
      backend: real.backend,
      parameters: parameters ?? real.parameters,
      metric: metric ?? real.metric,
      count: count ?? real.count,
      dimension: dimension ?? real.dimension,
      seed: real.seed
    )
  }
}

/// An index that stores the bytes of another.
private struct Forgery: StoredIndex {
  let summary: IndexSummary
  let bytes: SharedArray<UInt8>
  var ids: VectorIDs { .rowNumbers }

  func store(in writer: inout IndexFileWriter) throws { try writer.write("faiss", bytes) }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows { NearestRows(queryCount: 0, k: k) }
}
