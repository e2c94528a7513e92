import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Files of every format version open for ever.
///
/// To add one for a new version, write it with `NEEDLE_WRITE_GOLDEN=1 swift test` and commit it.
@Suite struct GoldenFileTests {
  private static let folder =
    String(#filePath.dropLast("GoldenFileTests.swift".count)) + "Golden/"
  private static let numbers = Sample.growing(2_000)
  private static let vectors = Sample.vectors(1_500)

  private func index() throws -> FakeIndex {
    FakeIndex(
      ids: try VectorIDs([50, 40, 30, 20, .max]),
      attributes: ["entry": -3, "levels": 2],
      [
        FakeSection("numbers", Self.numbers), FakeSection("vectors", Self.vectors),
        FakeSection("empty", [Double]()),
        FakeSection("notes", Array("golden".utf8), optional: true),
      ]
    )
  }

  @Test(arguments: ["v1-raw.needle", "v1-lz4.needle"])
  func versionOneOpens(name: String) throws {
    let path = Self.folder + name
    if ProcessInfo.processInfo.environment["NEEDLE_WRITE_GOLDEN"] != nil {
      try IndexFile.write(
        index(),
        to: path,
        compress: name.contains("lz4"),
        threads: 1,
        program: "0.1.0"
      )
    }
    try IndexFile.verify(path)
    let file = try IndexFile.open(path)
    let expected = try index()
    #expect(file.summary == expected.summary)
    #expect(file.ids == expected.ids)
    #expect(file.attributes == expected.attributes)
    #expect(file.writtenBy == "0.1.0")
    #expect(file.sections.map(\.name) == ["ids", "numbers", "vectors", "empty", "notes"])
    #expect(file.sections.map(\.isOptional) == [false, false, false, false, true])
    #expect(
      try file.array("numbers", of: UInt32.self, count: 2_000) == SharedArray(Self.numbers)
    )
    #expect(try file.array("vectors", of: Float.self, count: 1_500) == SharedArray(Self.vectors))
    #expect(try file.array("empty", of: Double.self, count: 0).count == 0)
    #expect(
      file.sections[1].codec.description == (name.contains("lz4") ? "delta4+shuffle4+lz4" : "raw")
    )
  }

  @Test func versionOneIsStillWrittenAsItWas() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    try IndexFile.write(index(), to: path, compress: false, threads: 1, program: "0.1.0")
    #expect(try contents(path) == contents(Self.folder + "v1-raw.needle"))
  }
}
