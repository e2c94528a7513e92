import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite("Readers of texts")
struct TextReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private struct Read: Equatable {
    var ids: [String] = []
    var texts: [String] = []
    var counts = TextCounts()
  }

  private func read(
    _ name: String,
    _ content: [UInt8]? = nil,
    role: TextFile.Role = .corpus,
    columns: [String]? = nil,
    template: String? = nil,
    invalidUTF8: TextLayout.InvalidUTF8 = .error
  ) throws -> Read {
    if let content { try folder.file(name, content) }
    let file = try TextFile(folder.path(name), role: role)
    let layout = try TextLayout(
      of: file,
      columns: columns,
      template: try template.map { try TextTemplate(parsing: $0) },
      invalidUTF8: invalidUTF8
    )
    _ = try TextSurvey(of: file, layout: layout)
    var reader = try TextReader(file, layout: layout)
    var result = Read()
    while let record = try reader.next() {
      result.ids.append(record.id)
      result.texts.append(String(decoding: record.text, as: UTF8.self))
    }
    result.counts = reader.counts
    return result
  }

  private func failure(
    _ name: String,
    _ content: String,
    columns: [String]? = nil,
    template: String? = nil
  ) -> String {
    do {
      let read = try read(name, Array(content.utf8), columns: columns, template: template)
      return "read \(read)"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path(name), with: name)
    }
  }

  @Test("quotes and words such as null are text like any other")
  func literalText() throws {
    let lines = [
      "007\tplain\tfirst", "2\tNA\t\"quoted\" word", "3\tnull\tthird", "4\t\t\"unmatched",
      "5\tx\ty", "6\ta\tends in \"", "7\tNone\tlast",
    ]
    let text = Array(lines.joined(separator: "\n").utf8)
    let found = try read("trap.tsv", text, template: "<title>|<text>")
    #expect(found.ids == ["007", "2", "3", "4", "5", "6", "7"])
    #expect(
      found.texts == [
        "plain|first", "NA|\"quoted\" word", "null|third", "|\"unmatched", "x|y", "a|ends in \"",
        "None|last",
      ]
    )
    #expect(found.counts == TextCounts())
  }

  @Test("columns have the names and the order that they are given")
  func columns() throws {
    let text = Array("one\t1\r\ntwo\t2\r\n".utf8)
    let found = try read("para.txt", text, columns: ["text", "id"])
    #expect(found.ids == ["1", "2"])
    #expect(found.texts == ["one", "two"])
    #expect(try read("q.tsv", Array("1\ta b\n".utf8), role: .queries).texts == ["a b"])
    let other = try read("c.txt", text, columns: ["passage", "id"], template: "query: <passage>")
    #expect(other.texts == ["query: one", "query: two"])
  }

  @Test(
    "lines of TSV that do not fit are named",
    arguments: [
      ("1\ta\tb\n2\ta\n", "line 2: 2 columns, but 3 are named: id,title,text; name the columns"),
      ("1\ta\tb\tc\n", "line 1: 4 columns, but 3 are named"),
      ("1\ta\tb\nno tab\n", "line 2: the line has no tab, but the columns are id,title,text"),
      ("1\ta\tb\n\n", "line 2: the line has no tab"),
      ("\ta\tb\n", "line 1: the id is blank"),
      ("a b\ta\tb\n", "line 1: the id 'a b' holds a blank"),
      ("", "holds no texts"),
    ]
  )
  func badLines(text: String, message: String) {
    #expect(failure("a.tsv", text).hasPrefix("a.tsv: " + message), "\(failure("a.tsv", text))")
  }

  @Test("columns that make no sense are refused")
  func badColumns() {
    #expect(failure("a.tsv", "1\tx", columns: ["text", "title"]).contains("there is no 'id'"))
    #expect(failure("a.tsv", "1\tx", columns: ["id"]).contains("no text beside the id"))
    #expect(failure("a.tsv", "1\tx", columns: ["id", "a", "a"]).contains("stands there twice"))
    #expect(failure("a.tsv", "1\tx", columns: ["id", ""]).contains("a name is empty"))
    #expect(failure("a.jsonl", "{}", columns: ["id", "a"]).contains("names of their own"))
    #expect(
      failure("a.tsv", "1\tx", columns: ["id", "text"], template: "<title> <text>")
        == "template '<title> <text>': there is no field 'title'; there are id, text"
    )
  }

  @Test("objects of JSON give ids, nested fields, numbers and truth values")
  func objects() throws {
    let text = """
      {"_id": "x1", "id": 9, "title": "T", "text": "a\\tb", "meta": {"year": 1999, "ok": true}}
      {"id": 12, "text": "c", "meta.year": "dotted"}
      {"text_id": "z", "text": null, "title": null, "meta": {}}
      """
    let found = try read("c.jsonl", Array(text.utf8))
    #expect(found.ids == ["x1", "12", "z"])
    #expect(found.texts == ["T a\tb", "c", ""])
    #expect(found.counts.empty == 1)
    // A title is optional where no template asks for it, a text is not.
    #expect(found.counts.missing == 1)
    let nested = try read("c.jsonl", template: "<meta.year> <meta.ok> <text>")
    #expect(nested.texts == ["1999 true a\tb", "dotted  c", "  "])
    #expect(nested.counts.missing == 4)
  }

  @Test(
    "lines of JSON that do not fit are named",
    arguments: [
      ("{\"id\":1,\"text\":\"a\"}\n\n", "line 2: the line is empty"),
      ("{\"id\":1,\"text\":\"a\"}\n{\"id\":2", "line 2: byte 8: ',' or '}' is expected"),
      ("{\"id\":1,\"text\":\"a\"}\n[1]", "line 2: is a list, not an object"),
      ("{\"text\":\"a\"}", "line 1: there is no id: none of _id, id, text_id"),
      ("{\"id\":[],\"text\":\"a\"}", "line 1: the id 'id' is a list"),
      ("{\"id\":\"\",\"text\":\"a\"}", "line 1: the id is blank"),
      ("{\"id\":\"a b\",\"text\":\"a\"}", "line 1: the id 'a b' holds a blank"),
      ("{\"id\":1,\"text\":{\"a\":1}}", "line 1: the field 'text' is an object, not a text"),
      ("{\"id\":1,\"text\":\"\\ud800\"}", "line 1: byte 17: half a surrogate pair"),
    ]
  )
  func badObjects(text: String, message: String) {
    let found = failure("a.jsonl", text)
    #expect(found.hasPrefix("a.jsonl: " + message), "\(found)")
  }

  @Test("a field that no record has is an error that lists those that there are")
  func unknownField() {
    let text = "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"body\":\"a\",\"title\":null}\n"
    #expect(
      failure("a.jsonl", text, template: "<title> <text>")
        == "template '<title> <text>': there is no field 'title'; there are body, id, text, title"
    )
    #expect(failure("a.jsonl", text, template: "<body>").hasPrefix("read"))
    #expect(failure("a.jsonl", "{\"id\":1,\"body\":\"a\"}\n").contains("there is no field 'text'"))
  }

  @Test("bytes that are no UTF-8 are an error or replaced")
  func invalidUTF8() throws {
    let tsv = Array("1\tt\tgood\n2\tt\tb".utf8) + [0xFF, 0xC3] + Array("d\n".utf8)
    let error = #expect(throws: FileError.self) { try read("a.tsv", tsv) }
    #expect(error?.place == "line 2")
    let found = try read("a.tsv", tsv, invalidUTF8: .replace)
    #expect(found.texts == ["t good", "t b\u{FFFD}\u{FFFD}d"])
    #expect(found.counts.replaced == 1)
    let jsonl = Array("{\"id\":1,\"text\":\"a".utf8) + [0xE2, 0x82] + Array("\\ud800\"}".utf8)
    #expect(throws: FileError.self) { try read("a.jsonl", jsonl) }
    let repaired = try read("a.jsonl", jsonl, invalidUTF8: .replace)
    #expect(repaired.texts == ["a\u{FFFD}\u{FFFD}"])
  }

  @Test("gzip and BEIR directories are read as they are")
  func packed() throws {
    let process = Process()
    try folder.file("a.tsv", Array("1\tt\tx\n2\tt\ty\n".utf8))
    try folder.file("corpus.jsonl", Array("{\"_id\":\"d\",\"title\":\"T\",\"text\":\"x\"}".utf8))
    try folder.file("queries.jsonl", Array("{\"_id\":\"q\",\"text\":\"y\",\"metadata\":{}}".utf8))
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = [folder.path("a.tsv"), folder.path("queries.jsonl")]
    try process.run()
    process.waitUntilExit()
    #expect(try read("a.tsv.gz").texts == ["t x", "t y"])
    let corpus = try TextFile(folder.path + "/", role: .corpus)
    #expect(corpus.path == folder.path("corpus.jsonl"))
    let queries = try TextFile(folder.path, role: .queries)
    #expect(queries.path == folder.path("queries.jsonl.gz"))
    var reader = try TextReader(queries, layout: TextLayout(of: queries))
    let record = try reader.next()
    #expect(record?.id == "q")
    #expect(record?.text == Array("y".utf8))
    #expect(try reader.next() == nil)
  }

  @Test("names whose ending says nothing, and folders without texts, are refused")
  func unknownFormats() throws {
    for name in ["corpus", "corpus.gz", "corpus.csv", "a.json", ".tsv"] {
      let error = #expect(throws: FileError.self) {
        try TextFile(folder.path(name), role: .corpus)
      }
      #expect(error?.kind == .usage, "\(name)")
    }
    let error = #expect(throws: FileError.self) { try TextFile(folder.path, role: .corpus) }
    #expect(error?.reason == "is a folder without corpus.jsonl")
    let missing = try TextFile(folder.path("missing.tsv"), role: .corpus)
    #expect(throws: FileError.self) {
      try TextSurvey(of: missing, layout: TextLayout(of: missing))
    }
  }

  @Test("a survey counts up to its limit, a reader passes over records")
  func countsAndSkips() throws {
    try folder.file("a.tsv", Array((0..<100).map { "\($0)\tt\tx\n" }.joined().utf8))
    let file = try TextFile(folder.path("a.tsv"), role: .corpus)
    let layout = try TextLayout(of: file)
    #expect(try TextSurvey(of: file, layout: layout).count == 100)
    #expect(try TextSurvey(of: file, layout: layout, limit: 7).count == 7)
    #expect(try TextSurvey(of: file, layout: layout, limit: 700).count == 100)
    try folder.file("b.tsv", Array((0..<100).map { "\($0 % 99)\tt\tx\n" }.joined().utf8))
    let twice = try TextFile(folder.path("b.tsv"), role: .corpus)
    #expect(try TextSurvey(of: twice, layout: layout, limit: 99).count == 99)
    let error = #expect(throws: FileError.self) { try TextSurvey(of: twice, layout: layout) }
    #expect(error?.place == "line 100")
    #expect(error?.reason == "the id '0' stands at line 1 already")
    var reader = try TextReader(file, layout: layout)
    try reader.skip(42)
    #expect(try reader.next()?.id == "42")
    try reader.skip(1_000)
    #expect(try reader.next() == nil)
  }
}
