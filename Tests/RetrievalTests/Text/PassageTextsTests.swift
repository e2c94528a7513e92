import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite("Texts of passages")
struct PassageTextsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func passages(_ name: String) throws -> PassageTexts {
    let file = try TextFile(folder.path(name), role: .corpus)
    return try PassageTexts(file, layout: TextLayout(of: file))
  }

  /// Lines of many lengths, some longer than a block of the reader.
  private func corpus() -> String {
    (0..<300).map { row in
      let size = row % 100 == 7 ? 300_000 : row * 37 % 90
      return "d\(row)\ttitle \(row)\t\(String(repeating: "é", count: size))x\r\n"
    }.joined()
  }

  private func check(_ texts: PassageTexts) throws {
    #expect(try texts.text(of: "d0") == "title 0 x")
    #expect(try texts.text(of: "d3") == "title 3 " + String(repeating: "é", count: 21) + "x")
    #expect(try texts.text(of: "d207")?.utf8.count == "title 207 x".utf8.count + 600_000)
    #expect(try texts.text(of: "d299")?.hasSuffix("éx") == true)
    #expect(try texts.text(of: "d300") == nil)
  }

  @Test(
    "are found in a plain file, with a byte order mark or without",
    arguments: ["", "\u{FEFF}"]
  )
  func plain(mark: String) throws {
    try folder.file("a.tsv", Array((mark + corpus()).utf8))
    try check(passages("a.tsv"))
  }

  @Test("are found in a packed file")
  func packed() throws {
    try folder.file("a.tsv", Array(corpus().utf8))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = [folder.path("a.tsv")]
    try process.run()
    process.waitUntilExit()
    try check(passages("a.tsv.gz"))
  }

  @Test("are found in objects of JSON; of texts with one id the first counts")
  func objects() throws {
    let lines = #"{"_id":"a","text":"x"}"# + "\n" + #"{"_id":"a","text":"y"}"# + "\n"
    try folder.file("a.jsonl", Array(lines.utf8))
    #expect(try passages("a.jsonl").text(of: "a") == "x")
  }

  @Test("a file that has changed is an error")
  func changed() throws {
    try folder.file("a.tsv", Array("1\tt\tx\n2\tt\ty\n".utf8))
    let texts = try passages("a.tsv")
    try folder.file("a.tsv", Array("7\tt\tx\n".utf8))
    for id in ["1", "2"] {
      let error = #expect(throws: FileError.self) { try texts.text(of: id) }
      #expect(error?.reason == "the passage '\(id)' is no longer here")
    }
    #expect(try texts.text(of: "3") == nil)
  }

  @Test("a bad line is named")
  func badLine() throws {
    try folder.file("a.tsv", Array("1\tt\tx\n2\n".utf8))
    let error = #expect(throws: FileError.self) { try passages("a.tsv") }
    #expect(error?.place == "line 2")
  }
}
