import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct TokenStoreTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("a.tokens")
  }

  private func write(_ texts: [(id: String, tokens: [Int32])], vocabularySize: Int = 1_000) throws {
    var writer = try SmallSet.writer(path, vocabularySize: vocabularySize)
    for text in texts { try writer.append(id: text.id, tokens: text.tokens) }
    #expect(writer.count == texts.count)
    try writer.commit()
  }

  @Test(arguments: [1_000, 1 << 16, 1 << 16 + 1, 250_000])
  func whatIsWrittenIsRead(vocabularySize: Int) throws {
    let largest = Int32(vocabularySize - 1)
    let texts: [(id: String, tokens: [Int32])] = [
      ("d1", [1, 2, 3]), ("007", []), ("ä/ö-long-id-of-a-passage", [0, largest]), ("7", [largest]),
    ]
    try write(texts, vocabularySize: vocabularySize)
    let store = try TokenStore(path: path)
    #expect(store.count == 4)
    #expect(store.tokenCount == 6)
    #expect(store.vocabularySize == vocabularySize)
    #expect(store.settings == (try SmallSet.settings()))
    for (row, text) in texts.enumerated() {
      #expect(store.tokens(row) == text.tokens)
      #expect(store.id(row) == text.id)
      #expect(store.row(of: text.id) == row)
    }
    for other in ["", "d", "d11", "0007", "ä"] { #expect(store.row(of: other) == nil) }
    #expect(try folder.names() == ["a.tokens"])
  }

  @Test func thousandsOfIDsAreFound() throws {
    let count = 24_577
    try write((0..<count).map { ("\($0 * 7)", [Int32($0 % 1_000)]) })
    let store = try TokenStore(path: path)
    for row in 0..<count {
      #expect(store.row(of: "\(row * 7)") == row)
      #expect(store.row(of: "\(row * 7 + 1)") == nil)
    }
    #expect(store.tokens(24_000) == [0])
  }

  @Test func tablesKeepAQuarterFree() {
    for count in [1, 11, 12, 13, 1_000, 12_288, 12_289, 8_841_823] {
      let slots = TokenStoreLayout.slots(for: count)
      #expect(slots.nonzeroBitCount == 1)
      #expect(slots / 4 * 3 >= count)
    }
    #expect(TokenStoreLayout.slots(for: 8_841_823) == 1 << 24)
  }

  @Test func idsThatStandTwiceAreRefusedWithTheirLines() throws {
    expectFileError("corpus.tsv: line 3: the id 'x' stands at line 1 already") {
      try write([("x", [1]), ("y", [2]), ("x", [3])])
    }
    expectFileError("corpus.tsv: holds no texts") { try write([]) }
    #expect(try folder.names().isEmpty)
  }

  @Test func everyChangedByteIsNoticed() throws {
    try write((0..<9).map { ("p\($0)", [Int32($0), 5]) })
    let good = try folder.bytes("a.tokens")
    for place in good.indices {
      for bit in [UInt8(1), 0x80] {
        var bytes = good
        bytes[place] ^= bit
        try folder.file("a.tokens", bytes)
        expectFileError("a.tokens") { _ = try TokenStore(path: path) }
      }
    }
  }

  @Test func everyTruncationIsNoticed() throws {
    try write((0..<9).map { ("p\($0)", [Int32($0), 5]) })
    let good = try folder.bytes("a.tokens")
    for length in 0..<good.count {
      try folder.file("a.tokens", good[..<length])
      expectFileError("a.tokens") { _ = try TokenStore(path: path) }
    }
    try folder.file("a.tokens", good + [0])
    expectFileError("\(good.count + 1) bytes, but its header says \(good.count)") {
      _ = try TokenStore(path: path)
    }
  }

  @Test func otherFilesAreNoStores() throws {
    expectFileError("no such file") { _ = try TokenStore(path: path) }
    try folder.file("a.tokens", Array("1\ttext\n".utf8))
    expectFileError("is no store of tokens") { _ = try TokenStore(path: path) }
  }
}
