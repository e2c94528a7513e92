import IndexStore
import TestSupport
import Testing
import VectorCore

@Suite("Names in index files")
struct NamesTests {
  private let names = ["doc-1", "caf\u{E9}", "007", "x", String(repeating: "long", count: 300)]

  private func write(_ folder: TemporaryFolder, compress: Bool = false) throws -> String {
    let path = folder.path("a.needle")
    let index = FakeIndex(ids: VectorIDs(names: try VectorNames(names)))
    try IndexFile.write(index, to: path, compress: compress)
    return path
  }

  @Test("names are read as they were written", arguments: [false, true])
  func roundTrip(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = try write(folder, compress: compress)
    try IndexFile.verify(path)
    let file = try IndexFile.open(path)
    #expect(file.ids.explicit == nil)
    #expect(file.ids.names == (try VectorNames(names)))
    #expect(file.ids.text(of: 2) == "007")
    #expect(file.sections.map(\.name) == ["name-offsets", "names"])
    #expect(file.sections.allSatisfy { !$0.isOptional })
    try file.rejectUnknownSections()
    // They stay when the file object goes.
    let ids = file.ids
    #expect(ids.names?[4] == names[4])
  }

  @Test("offsets that do not rise to the end of the names are refused")
  func forgedOffsets() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder)
    for (place, value) in [(0, 1), (8, 1_000_000), (16, 3), (40, 1_229), (40, 0)] {
      var forged = try ForgedFile(path)
      forged.set(4_096 + place, UInt64(value))
      let other = try folder.file("forged.needle", forged.bytes)
      // Sections of large files are not checked when they are opened.
      let error = #expect(throws: FileError.self) {
        try IndexFile.open(other, verification: .structure)
      }
      #expect(error?.reason.contains("the offsets do not rise") == true, "\(place): \(value)")
    }
  }

  @Test("names without offsets are refused")
  func partOfTheNames() throws {
    let folder = try TemporaryFolder()
    let path = try write(folder)
    var forged = try ForgedFile(path)
    let entry = forged.entry(0)
    for (place, byte) in "name-offsetx".utf8.enumerated() { forged.bytes[entry + place] = byte }
    forged.seal()
    let other = try folder.file("forged.needle", forged.bytes)
    let error = #expect(throws: FileError.self) { try IndexFile.open(other) }
    #expect(error?.reason.contains("do not go together") == true)
  }
}
