import ClusterIndex
import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A file of the first version opens for ever, and every machine writes the same one.
///
/// To write it anew: `NEEDLE_WRITE_GOLDEN=1 swift test`.
@Suite struct IVFGoldenTests {
  private static let golden =
    String(#filePath.dropLast("IVFGoldenTests.swift".count)) + "Golden/ivf.needle"
  private static let values = SyntheticVectors.clustered(120, dimension: 5)

  private func write(to path: String) throws {
    let index = try ivf(Self.values, dimension: 5, .squaredL2, ["nlist": 4])
    _ = try IndexFile.write(index, to: path, compress: false, threads: 1, program: "0.1.0")
  }

  @Test func theSameBytesAreWritten() throws {
    if ProcessInfo.processInfo.environment["NEEDLE_WRITE_GOLDEN"] != nil {
      try write(to: Self.golden)
    }
    let folder = try TemporaryFolder()
    try write(to: folder.path("index"))
    #expect(
      try folder.bytes("index") == Array(Data(contentsOf: URL(fileURLWithPath: Self.golden)))
    )
  }

  @Test func theFileStillAnswers() throws {
    let index = try IVFBackend.open(IndexFile.open(Self.golden, verification: .full))
    #expect(index.summary.spec == "ivf:nlist=4,rerank=f16")
    let found = try index.search(Self.values.span, k: 3, parameters: everything)
    #expect(found.counts.allSatisfy { $0 == 3 })
    for row in 0..<120 { #expect(found[row][0].id == UInt64(row)) }
  }
}
