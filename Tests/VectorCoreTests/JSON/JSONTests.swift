import Foundation
import Testing
import VectorCore

@Suite("JSON")
struct JSONTests {
  private func read(_ text: String, repairing: Bool = false) throws -> JSON {
    try JSON(parsing: Array(text.utf8), repairing: repairing)
  }

  @Test("values of every kind are read")
  func values() throws {
    let text = #" {"a": [1, -2.5e+3, true, false, null], "b": {}, "c": [], "\u00e9\n": "x\/y"} "#
    #expect(
      try read(text)
        == .object([
          JSONMember(
            "a",
            .list([.number("1"), .number("-2.5e+3"), .flag(true), .flag(false), .null])
          ),
          JSONMember("b", .object([])), JSONMember("c", .list([])),
          JSONMember("\u{E9}\n", .text("x/y")),
        ])
    )
    #expect(try read("18446744073709551616") == .number("18446744073709551616"))
    #expect(try read(#""\ud83d\ude00\uFFFF""#) == .text("\u{1F600}\u{FFFF}"))
    #expect(try read("7").integer == 7)
    #expect(try read("7.0").integer == nil)
  }

  @Test("half a surrogate pair is refused, or replaced where that is asked for")
  func surrogates() throws {
    for text in [#""\ud83d""#, #""\ude00x""#, #""\ud83d\u0041""#, #""\ud83d\ud83d\ude00""#] {
      #expect(throws: JSON.Malformed(offset: 1, reason: "half a surrogate pair")) {
        try read(text)
      }
    }
    #expect(try read(#""\ud83d\u0041""#, repairing: true) == .text("\u{FFFD}A"))
    #expect(try read(#""\ud83d\ud83d\ude00""#, repairing: true) == .text("\u{FFFD}\u{1F600}"))
  }

  @Test(
    "what the standard does not allow is refused at its byte",
    arguments: [
      ("", 0, "a value is expected, but the text ends"),
      ("{\"a\":1,}", 7, "a name in quotes is expected"),
      ("[1,]", 3, "a value is expected"),
      ("[1 2]", 3, "',' or ']' is expected"),
      ("{\"a\" 1}", 5, "':' is expected"),
      ("{\"a\":1 \"b\":2}", 7, "',' or '}' is expected"),
      ("{a:1}", 1, "a name in quotes is expected"),
      ("{\"a\":1,\"a\":2}", 7, "the name 'a' occurs twice"),
      ("01", 0, "a number is malformed"),
      ("-", 0, "a number is malformed"),
      ("1.", 0, "a number is malformed"),
      ("1e", 0, "a number is malformed"),
      ("+1", 0, "a value is expected"),
      ("NaN", 0, "a value is expected"),
      ("nul", 0, "a value is expected"),
      ("'a'", 0, "a value is expected"),
      ("\"a", 0, "a string has no end"),
      ("\"a\tb\"", 2, "a control character in a string"),
      (#""\x""#, 1, "an unknown escape"),
      (#""\u12g4""#, 1, "\\u needs four hexadecimal digits"),
      ("\"\\", 1, "an unknown escape"),
      ("1 2", 2, "text behind the value"),
      (String(repeating: "[", count: 300), 256, "more than 256 levels"),
    ]
  )
  func malformed(text: String, offset: Int, reason: String) {
    #expect(throws: JSON.Malformed(offset: offset, reason: reason)) { try read(text) }
  }

  @Test("texts keep their bytes, and names that only Unicode takes for the same are two")
  func exactTexts() throws {
    let text = "\u{FEFF}{\"e\u{301}\": \"e\u{301}\", \"\u{E9}\": \"\u{E9}\"}"
    let value = try read(text)
    #expect(value.members?.count == 2)
    #expect(value["e\u{301}"]?.text.map { Array($0.utf8) } == Array("e\u{301}".utf8))
    #expect(value["\u{E9}"]?.text.map { Array($0.utf8) } == [0xC3, 0xA9])
  }

  @Test("of repeated names, where they are allowed, the last counts")
  func repeatedNames() throws {
    let value = try JSON(parsing: Array(#"{"a": 1, "b": 2, "a": 3}"#.utf8), repeatingNames: true)
    #expect(value["a"]?.integer == 3)
    #expect(value.members?.count == 3)
  }

  @Test("bytes that are no UTF-8 are refused")
  func notText() {
    #expect(throws: JSON.Malformed(offset: 1, reason: "a string is no UTF-8 text")) {
      try JSON(parsing: [0x22, 0xC3, 0x22])
    }
  }

  @Test("what is written is read again, also by Foundation")
  func roundTrip() throws {
    let value = JSON.object([
      JSONMember("quote\"\\", .text("a\u{0}\u{1F}\u{2028}\u{7F}\n\t\r\u{1F600}")),
      JSONMember("list", .list([.number("-0.5"), .null, .flag(true), .list([]), .object([])])),
    ])
    #expect(try read(value.indented) == value)
    #expect(try read(value.compact) == value)
    #expect(!value.compact.contains(" "))
    let other = try JSONSerialization.jsonObject(with: Data(value.indented.utf8))
    let object = try #require(other as? [String: Any])
    #expect(object["quote\"\\"] as? String == "a\u{0}\u{1F}\u{2028}\u{7F}\n\t\r\u{1F600}")
  }

  @Test("truncated texts never trap")
  func truncated() throws {
    let text = Array(#"{"a":[1,-2.5e+3,true,null,"\ud83d\ude00é"],"b":{"c":false}}"#.utf8)
    for length in 0..<text.count {
      #expect(throws: JSON.Malformed.self) { try JSON(parsing: Array(text[..<length])) }
    }
  }
}
