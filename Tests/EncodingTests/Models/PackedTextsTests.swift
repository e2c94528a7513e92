import Testing

@testable import Encoding

/// Packing sorts by length, keeps every token, and pads nothing.
@Suite("Packed texts")
struct PackedTextsTests {
  static let batch = TokenBatch([[1, 2, 3], [4], [5, 6, 7], [8, 9], [10]])

  @Test("texts of one length stand side by side")
  func grouped() throws {
    let packs = PackedTexts.packs(of: Self.batch, tokens: 100)
    let pack = try #require(packs.first)
    #expect(packs.count == 1)
    #expect(pack.texts == [1, 4, 3, 0, 2])
    #expect(pack.ids == [4, 10, 8, 9, 1, 2, 3, 5, 6, 7])
    #expect(pack.groups.map(\.rows) == [0..<2, 2..<4, 4..<10])
    #expect(pack.groups.map(\.count) == [2, 1, 2])
    #expect(pack.groups.map(\.length) == [1, 2, 3])
    #expect(pack.longest == 3)
  }

  @Test("packs hold as many tokens as asked, and longer texts alone", arguments: 1...11)
  func limited(tokens: Int) {
    let packs = PackedTexts.packs(of: Self.batch, tokens: tokens)
    #expect(packs.flatMap(\.texts) == [1, 4, 3, 0, 2])
    #expect(packs.allSatisfy { $0.ids.count <= tokens || $0.texts.count == 1 })
  }

  @Test("an empty batch has no packs")
  func empty() {
    #expect(PackedTexts.packs(of: TokenBatch(), tokens: 10).isEmpty)
  }
}
