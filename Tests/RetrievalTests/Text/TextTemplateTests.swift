import Retrieval
import Testing
import VectorCore

@Suite("Templates")
struct TextTemplateTests {
  private func text(_ template: String, _ values: [String]) throws -> String {
    let template = try TextTemplate(parsing: template)
    return String(decoding: template.text(of: values.map { Array($0.utf8) }), as: UTF8.self)
  }

  @Test("fields are replaced, once or several times")
  func fields() throws {
    #expect(try text("Title: <title> Text: <text>", ["A", "b c"]) == "Title: A Text: b c")
    #expect(try text("<a><b><a>", ["1", "2"]) == "121")
    #expect(try text("caf\u{E9} <x.y>\u{1F600}", ["z"]) == "caf\u{E9} z\u{1F600}")
    #expect(try TextTemplate(parsing: "<b> <a.c> <b>").fields == ["b", "a.c"])
    #expect(try text("[CLS]<title>[SEP]<text>", ["A", ""]) == "[CLS]A[SEP]")
  }

  @Test("a value that looks like a field is left alone")
  func singlePass() throws {
    #expect(try text("<title> <text>", ["<text>", "<title>"]) == "<text> <title>")
  }

  @Test("a literal sign has a backslash before it")
  func escapes() throws {
    #expect(try text(#"\<b> <x> \\ > \\<x>"#, ["v"]) == #"<b> v \ > \v"#)
  }

  @Test("a title that is missing leaves no blank where nothing else was asked for")
  func joining() {
    let template = TextTemplate(joining: ["title", "text"])
    func text(_ values: String...) -> String {
      String(decoding: template.text(of: values.map { Array($0.utf8) }), as: UTF8.self)
    }
    #expect(text("a", "b") == "a b")
    #expect(text("", "b") == "b")
    #expect(text("a", "") == "a")
    #expect(text("", "").isEmpty)
    #expect(template.description == "<title> <text>")
  }

  @Test(
    "templates that cannot be used say why",
    arguments: [
      ("", "there is no field in it"), ("Title:", "there is no field in it"),
      ("a < b", "a '<' has no '>'"), ("<text> <", "a '<' has no '>'"),
      ("<>", "'<>' is no field's name"), ("<a<b>", "'<a<b>' is no field's name"),
      (#"\n<text>"#, "a backslash stands before no '<' and no '\\'"),
      (#"<text>\"#, "a backslash stands before no '<' and no '\\'"),
    ]
  )
  func malformed(template: String, reason: String) {
    let error = #expect(throws: TextTemplateError.self) { try TextTemplate(parsing: template) }
    #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    #expect(error?.kind == .usage)
  }
}
