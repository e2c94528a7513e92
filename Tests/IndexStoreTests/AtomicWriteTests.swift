import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// A file appears whole or not at all, and failures leave nothing behind.
@Suite struct AtomicWriteTests {
  private struct Interruption: Error {}

  @Test(arguments: [false, true])
  func aFailingIndexLeavesTheOldFile(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let failing = FakeIndex([
      FakeSection("n", Sample.growing(100_000)),
      FakeSection { writer in
        try writer.write(
          "stream",
          streaming: { append in
            let piece = Sample.noise(100_000)
            try unsafe append(piece.span.bytes)
            throw Interruption()
          }
        )
      },
    ])
    #expect(throws: Interruption.self) {
      try IndexFile.write(failing, to: path, compress: compress)
    }
    #expect(try folder.names().isEmpty)
    try IndexFile.write(FakeIndex([FakeSection("old", [1])]), to: path, compress: false)
    let before = try contents(path)
    #expect(throws: Interruption.self) {
      try IndexFile.write(failing, to: path, compress: compress)
    }
    #expect(try contents(path) == before)
    #expect(try folder.names() == ["a.needle"])
  }

  @Test func theNameAppearsOnlyAtTheEnd() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let index = FakeIndex([
      FakeSection("n", Sample.growing(1_000)),
      FakeSection { _ in
        let names = try folder.names()
        #expect(names.count == 1 && names[0].hasPrefix(".needle-"))
      },
    ])
    try IndexFile.write(index, to: path, compress: false)
    #expect(try folder.names() == ["a.needle"])
  }

  @Test func leftoversOfAKilledProcessDoNotDisturb() throws {
    let folder = try TemporaryFolder()
    let leftover = ".needle-\(getpid())-0.tmp"
    try put([1, 2, 3], at: folder.path(leftover))
    try IndexFile.write(FakeIndex(), to: folder.path("a.needle"), compress: false)
    #expect(try folder.names() == [leftover, "a.needle"])
    #expect(try contents(folder.path(leftover)) == [1, 2, 3])
  }

  @Test func linksAreFollowed() throws {
    let folder = try TemporaryFolder()
    let other = try TemporaryFolder()
    try put([1], at: other.path("real.needle"))
    let link = folder.path("link.needle")
    try FileManager.default.createSymbolicLink(
      atPath: link,
      withDestinationPath: other.path("real.needle")
    )
    try IndexFile.write(FakeIndex(), to: link, compress: false)
    #expect(try IndexFile.open(other.path("real.needle")).summary == FakeIndex().summary)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: link).hasSuffix("real.needle")
    )
  }

  @Test func impossibleTargetsAreNamed() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "n", count: 300)
    for (path, reason) in [
      (folder.path, "it is a folder"), (folder.path("new/"), "names no file"),
      (folder.path("none/a.needle"), "no such file or directory"), ("", "names no file"),
      ("/dev/full", "no regular file"), (folder.path(long), "name too long"),
    ] {
      let error = try #require(
        #expect(throws: FileError.self) {
          try IndexFile.write(FakeIndex(), to: path, compress: false)
        }
      )
      #expect(error.kind == (reason == "names no file" ? .usage : .inputOutput))
      #expect(error.path == path && error.remedy != nil)
      #expect(error.reason.contains(reason), "\(error)")
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func newFilesHaveTheUsualPermissions() throws {
    let folder = try TemporaryFolder()
    try IndexFile.write(FakeIndex(), to: folder.path("a.needle"), compress: false)
    #expect(FileManager.default.createFile(atPath: folder.path("plain"), contents: nil))
    func permissions(_ name: String) throws -> Int? {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
      return attributes[.posixPermissions] as? Int
    }
    #expect(try permissions("a.needle") == permissions("plain"))
  }

  // A limit on the size of files fails as a full disk does, in the middle of a section. It holds
  // for a whole process, hence one of its own.
  @Test func aLimitOnFileSizesLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) { try Self.writeOverTheLimit(compress: false) }
  }

  @Test func aLimitOnFileSizesLeavesTheOldFileWhenCompressing() async {
    await #expect(processExitsWith: .success) { try Self.writeOverTheLimit(compress: true) }
  }

  private static func writeOverTheLimit(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    try IndexFile.write(FakeIndex(), to: path, compress: false)
    let before = try contents(path)
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
    let limited = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    try #require(limited == 0)
    let noise = Sample.noise(3 << 20)
    for index in [
      FakeIndex([FakeSection("big", noise)]), FakeIndex([.streamed("big", [noise])]),
    ] {
      let error = try #require(
        #expect(throws: FileError.self) {
          try IndexFile.write(index, to: path, compress: compress)
        }
      )
      #expect(error.kind == .inputOutput && error.path == path)
      #expect(error.reason.contains("file too large"))
      #expect(error.remedy?.contains("limit on file sizes") == true)
    }
    #expect(try contents(path) == before)
    #expect(try folder.names() == ["a.needle"])
  }
}
