import Foundation
import TestSupport
import Testing
import VectorCore

@Suite struct AtomicFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(to path: String, fails: Bool = false) throws {
    struct Stop: Error {}
    let atomic = try AtomicFolder(path: path)
    let inner = atomic.temporary + "/inner"
    try Folder.create(inner)
    try Data("x".utf8).write(to: URL(fileURLWithPath: inner + "/file"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("new/inner")))
    if fails { throw Stop() }
    try atomic.commit()
  }

  @Test func aFolderAppearsWithAllItsFiles() throws {
    try write(to: folder.path("new/"))
    #expect(try folder.names() == ["new"])
    #expect(FileManager.default.fileExists(atPath: folder.path("new/inner/file")))
  }

  @Test func aFailureLeavesNothing() throws {
    #expect(throws: (any Error).self) { try write(to: folder.path("new"), fails: true) }
    #expect(try folder.names().isEmpty)
  }

  @Test func whatIsThereStays() throws {
    try folder.file("file", Array("x".utf8))
    for path in [folder.path("file"), "", ".", folder.path("no/where")] {
      #expect(throws: FileError.self) { try write(to: path) }
    }
    try write(to: folder.path("new"))
    let error = #expect(throws: FileError.self) { try write(to: folder.path("new")) }
    #expect(error?.reason == "is there already")
    #expect(try folder.names() == ["file", "new"])
  }
}
