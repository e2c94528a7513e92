import Testing
import VectorCore

@testable import Tokenization

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8), path: "x.json")
  }

  @Test func readsValues() throws {
    #expect(
      try parse(" [1, -2.5e3, true, false, null, \"a\"] ")
        == .array([
          .number(1), .number(-2500), .bool(true), .bool(false), .null, .string([0x61]),
        ])
    )
    #expect(try parse("{}") == .object([]))
    #expect(try parse("[]") == .array([]))
    let lines = try parse("{\"a\":1,\n\n\"b\":{}}")
    #expect(
      lines
        == .object([
          JSONMember(name: [0x61], value: .number(1), line: 1),
          JSONMember(name: [0x62], value: .object([]), line: 3),
        ])
    )
  }

  @Test func stringsAreTheirBytes() throws {
    let text = #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000""#
    #expect(try parse(text) == .string(Array("\"\\/\u{8}\u{c}\n\r\té😀\0".utf8)))
    // Canonically equivalent, but not the same.
    #expect(try parse("\"e\u{301}\"") != parse("\"\u{e9}\""))
  }

  @Test(arguments: [
    ("{\"a\": 1", "x.json: line 1: the JSON ends too early; get the file again"),
    ("[1,\n2", "x.json: line 2: the JSON ends too early; get the file again"),
    ("\n\n[1 2]", "x.json: line 3: a comma or a closing bracket is missing; get the file again"),
    ("{\"a\" 1}", "x.json: line 1: a colon is missing; get the file again"),
    ("{a: 1}", "x.json: line 1: a name in quotes is missing; get the file again"),
    ("[01x]", "x.json: line 1: a comma or a closing bracket is missing; get the file again"),
    ("[+1]", "x.json: line 1: not JSON; get the file again"),
    ("[1e999]", "x.json: line 1: not JSON; get the file again"),
    ("[tru]", "x.json: line 1: not JSON; get the file again"),
    ("[] x", "x.json: line 1: text after the end of the JSON; get the file again"),
    ("\"\\q\"", "x.json: line 1: an unknown escape in a string; get the file again"),
    ("\"\\u12g4\"", "x.json: line 1: an unfinished escape in a string; get the file again"),
    ("\"\\ud800x\"", "x.json: line 1: half of a surrogate pair; get the file again"),
    ("\"a\nb\"", "x.json: line 1: a control character in a string; get the file again"),
    ("", "x.json: line 1: the JSON ends too early; get the file again"),
  ])
  func saysWhatIsWrong(_ text: String, _ message: String) {
    let error = #expect(throws: FileError.self) { try parse(text) }
    #expect(error?.description == message)
  }

  @Test func refusesDeepNesting() {
    let text = String(repeating: "[", count: 100_000)
    let error = #expect(throws: FileError.self) { try parse(text) }
    #expect(error?.reason == "nested too deeply")
  }

  @Test func decodesBase64() {
    #expect(Base64.decode(Array("".utf8)) == [])
    #expect(Base64.decode(Array("Zg==".utf8)) == Array("f".utf8))
    #expect(Base64.decode(Array("Zm8=".utf8)) == Array("fo".utf8))
    #expect(Base64.decode(Array("Zm9v".utf8)) == Array("foo".utf8))
    #expect(Base64.decode(Array("+/+/".utf8)) == [0xFB, 0xFF, 0xBF])
    #expect(Base64.decode(Array("Zg=".utf8)) == nil)
    #expect(Base64.decode(Array("Z===".utf8)) == nil)
    #expect(Base64.decode(Array("Zm\n9".utf8)) == nil)
  }
}
