import Testing

@testable import Tokenization

@Suite struct ByteLevelWordsTests {
  private func words(_ text: String) -> [String] {
    var memo = ByteLevelWords.Memo(unused: .other)
    let bytes = Array(text.utf8)
    var words: [String] = []
    var start = 0
    while start < bytes.count {
      let end = ByteLevelWords.end(of: start, in: bytes.span, &memo)
      words.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end
    }
    return words
  }

  @Test(arguments: [
    ("Hello world", ["Hello", " world"]),
    ("I'm can't we'll", ["I", "'m", " can", "'t", " we", "'ll"]),
    ("it'S 'x ''s", ["it", "'", "S", " '", "x", " ''", "s"]),
    ("'re've'l", ["'re", "'ve", "'", "l"]),
    ("a  b", ["a", " ", " b"]),
    ("a \n b", ["a", " \n", " b"]),
    ("a\n\nb", ["a", "\n", "\n", "b"]),
    ("a\tb  ", ["a", "\t", "b", "  "]),
    ("x12,½ 7!", ["x", "12", ",", "½", " 7", "!"]),
    ("\u{a0}é\u{3000}\u{3000}ü", ["\u{a0}", "é", "\u{3000}", "\u{3000}", "ü"]),
    ("a\u{301}b", ["a", "\u{301}", "b"]),
    ("", []),
  ])
  func splitsAsThePatternDoes(_ text: String, _ expected: [String]) {
    #expect(words(text).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }
}
