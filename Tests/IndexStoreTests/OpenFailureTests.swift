import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Paths that hold no index.
@Suite struct OpenFailureTests {
  private func error(_ path: String) throws -> FileError {
    let opening = try #require(
      #expect(throws: FileError.self) { _ = try IndexFile.open(path) }
    )
    #expect(throws: opening) { try IndexFile.verify(path) }
    #expect(opening.path == path)
    #expect(opening.remedy != nil)
    #expect(!opening.description.contains("\n"))
    return opening
  }

  @Test func missingFilesAndFolders() throws {
    let folder = try TemporaryFolder()
    let missing = try error(folder.path("none.needle"))
    #expect(missing.kind == .missingInput)
    #expect(missing.reason == "no such file")
    #expect(try error("").kind == .missingInput)
    let directory = try error(folder.path)
    #expect(directory.kind == .badData)
    #expect(directory.reason.contains("directory"))
    let pipe = folder.path("pipe")
    let made = unsafe mkfifo(pipe, 0o600)
    try #require(made == 0)
    #expect(try error(pipe).reason.contains("not a regular file"))
    #expect(try error("/dev/null").reason.contains("not a regular file"))
  }

  @Test func foreignFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let zeros = [UInt8](repeating: 0, count: 100)
    let cases: [(bytes: [UInt8], looks: String)] = [
      ([0x93] + Array("NUMPY".utf8) + zeros, "a NumPy array (.npy)"),
      ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A] + zeros, "an HDF5 file"),
      (Array("PK\u{3}\u{4}".utf8) + zeros, "a zip archive (.zip, .npz, or a PyTorch model)"),
      ([0x1F, 0x8B] + zeros, "a gzip archive"),
      (Array("IxFI".utf8) + zeros, "an index of faiss's own format"),
      (Array("the quick brown fox\n".utf8), "text"),
      (Array("fox".utf8), "text"),
      (zeros, "zeros, as an interrupted copy leaves"),
      ([2, 0, 0, 0] + Sample.noise(8), "vectors (.fvecs or .ivecs)"),
      ([1, 0, 0, 0, 3, 0, 0, 0] + Sample.noise(12), "vectors (.fbin or .ibin)"),
    ]
    for (bytes, looks) in cases {
      try put(bytes, at: path)
      let found = try error(path)
      #expect(found.reason == "not a Needletail index; it looks like \(looks)")
      #expect(found.kind == .badData)
    }
    try put([0xFE, 0xFF, 0xFE, 0xFF] + Sample.noise(93), at: path)
    #expect(try error(path).reason == "not a Needletail index")
    try put([], at: path)
    #expect(try error(path).reason == "the file is empty")
  }

  @Test func unreadableFilesSaySo() async throws {
    // In a process of its own, since the superuser may read everything.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.path("a.needle")
      try IndexFile.write(FakeIndex(), to: path, compress: false)
      let files = FileManager.default
      try files.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
      if geteuid() == 0 { try #require(seteuid(65_534) == 0) }
      let error = try #require(
        #expect(throws: FileError.self) { _ = try IndexFile.open(path) }
      )
      #expect(error.kind == .inputOutput)
      #expect(error.remedy == "make the file readable")
      let writing = try #require(
        #expect(throws: FileError.self) {
          try IndexFile.write(FakeIndex(), to: "/proc/a.needle", compress: false)
        }
      )
      #expect(writing.kind == .inputOutput)
      if geteuid() != getuid() { _ = seteuid(getuid()) }
    }
  }
}
