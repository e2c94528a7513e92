import TestSupport
import Testing
import VectorCore

@Suite("Values of JSON files")
struct JSONNodeTests {
  private func node(_ text: String) throws -> JSONNode {
    try JSONNode(parsing: Array(text.utf8), path: "x.json")
  }

  @Test("values are found by their way")
  func values() throws {
    let root = try node(#"{"a": {"b": [1, "x", true, 2.5]}, "n": null}"#)
    let elements = try root.required("a").required("b").elements()
    #expect(try elements[0].integer(in: 0...1) == 1)
    #expect(try elements[1].text() == "x")
    #expect(try elements[2].flag())
    #expect(try elements[3].number() == 2.5)
    #expect(elements[3].place == "a.b[3]")
    #expect(root.place == nil)
    #expect(root["n"] == nil)
    #expect(root["m"] == nil)
    #expect(try root.members().map { root.node(of: $0).place } == ["a", "n"])
  }

  @Test("whole numbers may be written with a point")
  func wholeNumbers() throws {
    #expect(try node("7.0").integer(in: 0...9) == 7)
    #expect(try node("9007199254740993").integer(in: 0...Int.max) == 9_007_199_254_740_993)
  }

  @Test("wrong values are named by their way")
  func wrongValues() throws {
    let root = try node(#"{"a": [{"b": -7}], "n": null, "f": 1e999}"#)
    func expect(_ message: String, _ body: () throws -> Void) {
      let error = #expect(throws: FileError.self, performing: body)
      #expect(error?.description == "x.json: \(message); get the file again")
    }
    let list = try root.required("a")
    let element = try list.elements()[0]
    expect("a[0].b: is -7, not a whole number from 1 to 5") {
      _ = try element.required("b").integer(in: 1...5)
    }
    expect("a[0].b: is a number, not a text") { _ = try element.required("b").text() }
    expect("a[0].c: is missing") { _ = try element.required("c") }
    expect("n: is missing") { _ = try root.required("n") }
    expect("a: is a list, not an object") { _ = try list.required("b") }
    expect("a[0]: is an object, not a truth value") { _ = try element.flag() }
    expect("f: 1e999 is beyond the range of numbers") { _ = try root.required("f").number() }
  }

  @Test(
    "malformed files are named with line and column",
    arguments: [
      ("{\"a\": 1,\n  b}", "line 2, column 3"), ("", "line 1, column 1"),
      ("[1,\n", "line 2, column 1"),
    ]
  )
  func malformed(text: String, place: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.json", text.utf8)
    let error = #expect(throws: FileError.self) { try JSONNode.file(path) }
    #expect(error?.place == place)
    #expect(error?.path == path)
    #expect(error?.reason.hasPrefix("is no JSON: ") == true)
  }

  @Test("a missing file is missing input")
  func missing() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) { try JSONNode.file(folder.path("none")) }
    #expect(error?.kind == .missingInput)
  }
}
