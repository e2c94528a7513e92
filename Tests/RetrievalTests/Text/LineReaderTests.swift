import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite struct LineReaderTests {
  private func lines(_ path: String, longestLine: Int = 1 << 26) throws -> [String] {
    var reader = try LineReader(path: path, longestLine: longestLine)
    var lines: [String] = []
    while try reader.advance() {
      lines.append(try reader.withLine { bytes throws(FileError) in try reader.text(bytes) })
      #expect(reader.lineNumber == lines.count)
    }
    return lines
  }

  private func lines(of text: String) throws -> [String] {
    let folder = try TemporaryFolder()
    return try lines(folder.file("a.txt", Array(text.utf8)))
  }

  @Test func cutsAtLineBreaks() throws {
    #expect(try lines(of: "") == [])
    #expect(try lines(of: "a") == ["a"])
    #expect(try lines(of: "a\n") == ["a"])
    #expect(try lines(of: "\n\na\r\n\r\nb\rc\nd\r") == ["", "", "a", "", "b\rc", "d"])
    #expect(try lines(of: "\u{FEFF}a\n\u{FEFF}b") == ["a", "\u{FEFF}b"])
    #expect(try lines(of: "\u{FEFF}") == [])
  }

  @Test func linesLongerThanABlockAreWhole() throws {
    let parts = (1...6).map { String(repeating: "\($0)", count: $0 * 99_991) }
    #expect(try lines(of: parts.joined(separator: "\n")) == parts)
  }

  @Test func readsGzipOfSeveralMembersByContent() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a.txt", Array("one\ntwo\n".utf8))
    _ = try folder.file("b.txt", Array("three".utf8))
    try shell("gzip -k a.txt b.txt; cat a.txt.gz b.txt.gz > both", in: folder)
    #expect(try lines(folder.path("both")) == ["one", "two", "three"])
  }

  @Test(arguments: ["a.txt", "a.txt.gz"])
  func theOffsetGrowsToTheFilesSize(name: String) throws {
    let folder = try TemporaryFolder()
    try shell("seq 1 200000 > a.txt; gzip -k a.txt", in: folder)
    var reader = try LineReader(path: folder.path(name))
    #expect(reader.fileSize == (try folder.bytes(name).count))
    var offsets: [Int] = []
    while try reader.advance() {
      if reader.lineNumber % 20_000 == 1 { offsets.append(reader.fileOffset) }
    }
    #expect(offsets == offsets.sorted() && Set(offsets).count > 2)
    #expect(reader.fileOffset == reader.fileSize)
  }

  @Test(arguments: [12, 15, 300, 1_000])
  func gzipThatEndsEarlyIsAnError(length: Int) throws {
    let folder = try TemporaryFolder()
    try shell("seq 1 2000 | gzip > whole.gz; head -c \(length) whole.gz > cut.gz", in: folder)
    let error = #expect(throws: FileError.self) { try lines(folder.path("cut.gz")) }
    #expect(error?.kind == .badData)
    #expect(error?.reason == "the gzip data end in the middle")
  }

  @Test func damagedGzipIsAnError() throws {
    let folder = try TemporaryFolder()
    try shell("seq 1 2000 | gzip > a.gz", in: folder)
    var bytes = try folder.bytes("a.gz")
    for place in 400..<420 { bytes[place] ^= 0x55 }
    let error = #expect(throws: FileError.self) { try lines(folder.file("b.gz", bytes)) }
    #expect(error?.reason == "the gzip data are damaged")
  }

  @Test func theLimitOfALineNamesIt() throws {
    let folder = try TemporaryFolder()
    let text = "short\n" + String(repeating: "x", count: 1_000_000)
    let path = try folder.file("long.txt", Array(text.utf8))
    let error = #expect(throws: FileError.self) { try lines(path, longestLine: 400_000) }
    #expect(error?.place == "line 2")
    #expect(error?.reason == "the line is longer than 400000 bytes")
  }

  @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]])
  func whatIsNotUTF8IsNamed(bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("bad.txt", Array("fine\nab".utf8) + bytes + Array("\n".utf8))
    let error = #expect(throws: FileError.self) { try lines(path) }
    #expect(error?.place == "line 2")
    #expect(error?.reason == "byte 3 is not UTF-8")
    var reader = try LineReader(path: path)
    #expect(try reader.advance())
    try reader.withLine { (bytes) throws(FileError) in try reader.checkUTF8(bytes) }
    #expect(try reader.advance())
    #expect(throws: FileError.self) {
      try reader.withLine { (bytes) throws(FileError) in try reader.checkUTF8(bytes) }
    }
  }

  @Test func whatCannotBeOpenedIsNamed() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: FileError.self) { try lines(folder.path("none")) }
    #expect(missing?.kind == .missingInput)
    let isFolder = #expect(throws: FileError.self) { try lines(folder.path) }
    #expect(isFolder?.reason == "is a folder, not a file")
  }

  /// Runs a line of shell in a folder.
  private func shell(_ line: String, in folder: TemporaryFolder) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
