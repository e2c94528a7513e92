import FlatIndex
import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A file of the first version opens for ever, and every machine writes the same one.
///
/// To write it anew: `NEEDLE_WRITE_GOLDEN=1 swift test`.
@Suite struct ScreenGoldenTests {
  private static let golden =
    String(#filePath.dropLast("ScreenGoldenTests.swift".count)) + "Golden/int8.needle"
  private static let values = SyntheticVectors.clustered(70, dimension: 5)

  private func write(to path: String) throws {
    let index = try FlatBackend.makeIndex(
      over: VectorSet(Self.values, dimension: 5),
      parameters: ["first": "int8"],
      options: BuildOptions(metric: .squaredL2)
    )
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
    let index = try FlatBackend.open(IndexFile.open(Self.golden, verification: .full))
    #expect(index.summary.spec == "flat:first=int8")
    let found = try index.search(Self.values.span, k: 2)
    for row in 0..<70 {
      let query = Array(Self.values[row * 5..<row * 5 + 5])
      let expected = referenceNeighbors(of: query, among: Self.values, k: 2, .squaredL2)
      #expect(found[row].map { Int($0.id) } == expected.map(\.row))
    }
  }
}
