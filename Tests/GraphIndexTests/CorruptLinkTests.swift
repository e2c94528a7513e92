import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A large file is not checked whole when it is opened; a walk must notice a link that leads nowhere.
@Suite struct CorruptLinkTests {
  private static let count = 500
  private static let values = SyntheticVectors.clustered(500, dimension: 8)

  private func expectError(of path: String, _ bytes: [UInt8], in folder: TemporaryFolder) throws {
    try folder.file("graph.needle", bytes)
    #expect(throws: FileError.self) { try IndexFile.open(path) }
    let opened = try HNSWBackend.open(IndexFile.open(path, verification: .structure))
    for threads in [1, 2] {
      let error = #expect(throws: FileError.self) {
        try opened.search(Self.values.span, k: 5, threads: threads)
      }
      #expect(error?.path == path && error?.kind == .badData)
      #expect(error?.description.contains("which is no node") == true)
    }
  }

  @Test(arguments: ["f32", "f16", "sq8", "sq4", "rabitq", "leanvec"])
  func aLinkOutOfASlimGraph(codec: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("graph.needle")
    let index = try hnsw(Self.values, dimension: 8, .squaredL2, ["codec": .text(codec)])
    _ = try IndexFile.write(index, to: path, compress: false)
    let links = try #require(try IndexFile.open(path).sections.first { $0.name == "links" })
    var bytes = try folder.bytes("graph.needle")
    // Every node's first link now names row 70,000 or so: not there, nor the mark of an unused place.
    let row = 4 * index.graph.degree
    for node in 0..<Self.count { bytes[Int(links.offset) + node * row + 2] = 1 }
    try expectError(of: path, bytes, in: folder)
  }

  @Test(arguments: ["rabitq", "pq"])
  func aLinkOutOfAFatGraph(codec: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("graph.needle")
    let parameters: Parameters = ["codec": .text(codec), "layout": "fat", "M": 16]
    let index = try hnsw(Self.values, dimension: 8, .squaredL2, parameters)
    _ = try IndexFile.write(index, to: path, compress: false)
    let rows = try #require(try IndexFile.open(path).sections.first { $0.name == "fat-rows" })
    let row = rows.count / Self.count
    var bytes = try folder.bytes("graph.needle")
    // The nodes of the only block stand at the end of a row.
    for node in 0..<Self.count {
      for place in 1...32 { bytes[Int(rows.offset) + (node + 1) * row - 4 * place + 2] = 1 }
    }
    try expectError(of: path, bytes, in: folder)
  }
}
