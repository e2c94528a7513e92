import Foundation
import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A file of the first version opens for ever, and every machine writes the same one.
///
/// To write it anew: `NEEDLE_WRITE_GOLDEN=1 swift test`.
@Suite struct HNSWGoldenTests {
  private static let folder =
    String(#filePath.dropLast("HNSWGoldenTests.swift".count)) + "Golden/"
  private static let values = SyntheticVectors.clustered(60, dimension: 5)

  private func write(_ codec: String, to path: String) throws {
    let values = Self.values + Self.values.prefix(10 * 5)
    let parameters: Parameters = ["codec": .text(codec), "M": codec == "pq" ? 16 : 4]
    let index = try hnsw(values, dimension: 5, .squaredL2, parameters)
    _ = try IndexFile.write(index, to: path, compress: false, threads: 1, program: "0.1.0")
  }

  @Test(arguments: ["sq8", "pq"])
  func theSameBytesAreWritten(codec: String) throws {
    let golden = Self.folder + "\(codec).needle"
    if ProcessInfo.processInfo.environment["NEEDLE_WRITE_GOLDEN"] != nil {
      try write(codec, to: golden)
    }
    let folder = try TemporaryFolder()
    try write(codec, to: folder.path("index"))
    #expect(try folder.bytes("index") == Array(Data(contentsOf: URL(fileURLWithPath: golden))))
  }

  @Test(arguments: [
    ("sq8", "hnsw:M=4,efConstruction=32,codec=sq8,layout=slim,rerank=residual"),
    ("pq", "hnsw:M=16,efConstruction=32,codec=pq,layout=fat,rerank=residual"),
  ])
  func theFileStillAnswers(codec: String, specification: String) throws {
    let file = try IndexFile.open(Self.folder + "\(codec).needle", verification: .full)
    let index = try HNSWBackend.open(file)
    #expect(index.summary.spec == specification)
    let found = try index.search(Self.values.span, k: 3)
    #expect(found.counts.allSatisfy { $0 == 3 })
    for row in 0..<60 { #expect(found[row][0].id == UInt64(row)) }
    // Copies share a node.
    for row in 0..<10 { #expect(found[row][1].id == UInt64(row + 60)) }
  }
}
