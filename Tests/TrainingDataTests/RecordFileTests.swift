import TestSupport
import Testing

@testable import TrainingData

@Suite struct RecordFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ text: String) throws -> RecordFile {
    try RecordFile(path: folder.file("a.jsonl", Array(text.utf8)))
  }

  @Test(arguments: ["one\ntwo\n\nfour\n", "one\r\ntwo\r\n\r\nfour", "\u{FEFF}one\ntwo\n\nfour"])
  func linesAreFoundInAnyOrder(_ text: String) throws {
    let file = try file(text)
    #expect(file.count == 4)
    #expect(
      [3, 0, 2, 1].map { String(decoding: file.line($0), as: UTF8.self) } == [
        "four", "one", "", "two",
      ]
    )
  }

  @Test func errorsNameTheLine() throws {
    let file = try file("{\"qid\":\"q\",\"pos\":[\"a\"],\"neg\":[]}\n\n{\"qid\":\"q\"}\n")
    #expect(
      try file.content(0) == .ids(TrainingRecord(query: "q", positives: ["a"], negatives: []))
    )
    expectFileError("a.jsonl: line 2: the line is empty") { _ = try file.content(1) }
    expectFileError("a.jsonl: line 3: lacks 'pos'") { _ = try file.content(2) }
  }

  @Test func filesWithoutRecordsAreRefused() throws {
    expectFileError("holds no records") { _ = try file("") }
    expectFileError("holds no records") { _ = try file("\u{FEFF}") }
    expectFileError("no such file") { _ = try RecordFile(path: folder.path("b.jsonl")) }
    try folder.file("a.jsonl.gz", [0x1F, 0x8B, 8, 0])
    expectFileError("is packed", "gunzip") { _ = try RecordFile(path: folder.path("a.jsonl.gz")) }
  }

  @Test func theChecksumIsThatOfTheBytes() throws {
    let first = try file("a\nb\n").checksum
    #expect(try file("a\nb\n").checksum == first)
    #expect(try file("a\nb").checksum != first)
  }
}
