import IndexStore
import TestSupport
import Testing
import VectorCore

/// From an open file to its backend's index.
@Suite struct IndexLookupTests {
  private func file(_ folder: TemporaryFolder, _ index: FakeIndex) throws -> IndexFile {
    try IndexFile.write(index, to: folder.path("a.needle"), compress: false)
    return try IndexFile.open(folder.path("a.needle"))
  }

  @Test func theBackendThatBuiltItOpensIt() throws {
    let folder = try TemporaryFolder()
    let ids = try VectorIDs([3, 1, 4, 0, 5])
    let numbers = FakeSection("numbers", [1, 2, 3, 4, 5] as [UInt32])
    let built = FakeIndex(ids: ids, attributes: ["entry": 2], [numbers])
    let index = try file(folder, built).index(using: [FakeBackend.self])
    #expect(index.summary == built.summary)
    #expect(index.ids == ids)
  }

  @Test func anUnknownBackendIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = try file(folder, FakeIndex(backend: "future"))
    let error = try #require(
      #expect(throws: FileError.self) { _ = try file.index(using: [FakeBackend.self]) }
    )
    #expect(error.reason.contains("'future'") && error.reason.contains("it has fake"))
    #expect(error.remedy?.contains("update Needletail") == true)
  }

  @Test func contentThatMakesNoSenseIsTheFilesFault() throws {
    let folder = try TemporaryFolder()
    let file = try file(folder, FakeIndex([FakeSection("numbers", [1, 2, 3, 4, 500] as [UInt32])]))
    let error = #expect(throws: FileError.self) { _ = try file.index(using: [FakeBackend.self]) }
    #expect(error?.place == "section 'numbers', row 4")
  }

  @Test func unknownSectionsAreRefusedUnlessOptional() throws {
    let folder = try TemporaryFolder()
    let numbers = FakeSection("numbers", [1, 2, 3, 4, 5] as [UInt32])
    let optional = FakeSection("hints", [1.0], optional: true)
    let tolerated = try file(folder, FakeIndex([numbers, optional]))
    #expect(tolerated.sections.map(\.isOptional) == [false, true])
    _ = try tolerated.index(using: [FakeBackend.self])
    let strange = try file(folder, FakeIndex([numbers, FakeSection("tombstones", [1])]))
    let error = #expect(throws: FileError.self) { _ = try strange.index(using: [FakeBackend.self]) }
    #expect(error?.reason.contains("section 'tombstones'") == true)
    #expect(error?.remedy?.contains("update") == true)
  }
}
