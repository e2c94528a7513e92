import Benchmarking
import Foundation
import Testing

struct JSONLineTests {
  private func parse(_ text: String) throws -> NSDictionary {
    try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    )
  }

  @Test func anyTextSurvives() throws {
    let control = String(String.UnicodeScalarView((1..<160).compactMap { Unicode.Scalar($0) }))
    for text in [
      "", "plain", "\"quoted\" \\ back", "line\nbreak\r\ttab", "NUL \u{0} end", control,
      "π ≥ 3, 针尾雨燕, 🕊️", "a\u{2028}b\u{2029}c",
    ] {
      var line = JSONLine()
      line.add("key \"1\"", text)
      #expect(!line.text.contains { $0.isNewline }, "a record is one line")
      #expect(try parse(line.text)["key \"1\""] as? String == text)
    }
  }

  @Test func numbersSurvive() throws {
    for value in [
      0, -0.0, 1, 0.1, 1.0 / 3, 1e-7, 12_345.678, 1e22, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude,
    ] {
      var line = JSONLine()
      line.add("x", value)
      #expect(try parse(line.text)["x"] as? Double == value)
    }
    var line = JSONLine()
    line.add("seed", UInt64.max)
    line.add("count", -5)
    line.add("bad", Double.nan)
    line.add("worse", -Double.infinity)
    #expect(line.text == #"{"seed":18446744073709551615,"count":-5,"bad":null,"worse":null}"#)
    #expect(try parse(line.text)["seed"] as? UInt64 == .max)
  }
}
