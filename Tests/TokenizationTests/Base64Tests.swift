import Testing

@testable import Tokenization

@Suite struct Base64Tests {
  @Test func decodes() {
    #expect(Base64.decode(Array("".utf8)) == [])
    #expect(Base64.decode(Array("Zg==".utf8)) == Array("f".utf8))
    #expect(Base64.decode(Array("Zm8=".utf8)) == Array("fo".utf8))
    #expect(Base64.decode(Array("Zm9v".utf8)) == Array("foo".utf8))
    #expect(Base64.decode(Array("+/+/".utf8)) == [0xFB, 0xFF, 0xBF])
  }

  @Test(arguments: ["Zg=", "Z===", "Zm\n9"])
  func refuses(_ text: String) {
    #expect(Base64.decode(Array(text.utf8)) == nil)
  }
}
