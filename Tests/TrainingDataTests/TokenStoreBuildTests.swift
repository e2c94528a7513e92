import Retrieval
import TestSupport
import Testing
import Tokenization
import VectorCore

@testable import TrainingData

@Suite struct TokenStoreBuildTests {
  private let folder: TemporaryFolder
  private let tokenizer: Tokenizer

  init() throws {
    folder = try TemporaryFolder()
    tokenizer = try Tokenizer.open(directory: SmallSet.tokenizer)
  }

  private func build(
    _ text: String,
    template: String? = nil,
    maxLength: Int = 128,
    threads: Int = 1
  ) throws -> (store: TokenStore, counts: TextCounts) {
    let file = try TextFile(folder.file("corpus.tsv", Array(text.utf8)), role: .corpus)
    let layout = try TextLayout(of: file, template: template.map { try TextTemplate(parsing: $0) })
    let settings = try TokenStoreSettings(
      of: file,
      layout: layout,
      template: template,
      maxLength: maxLength,
      tokenizer: "t"
    )
    let counts = try TokenStore.build(
      folder.path("a.tokens"),
      from: file,
      layout: layout,
      settings: settings,
      tokenizer: tokenizer,
      threads: threads
    )
    return (try TokenStore(path: folder.path("a.tokens")), counts)
  }

  @Test func tokensAreThoseOfTheTemplateWithoutSpecialOnes() throws {
    let (store, counts) = try build(
      "7\tRose\ta plant\r\n8\t\t\r\n9\tNA\t\"one quote\r\n",
      template: "<title>[SEP]<text>"
    )
    let separator = try #require(tokenizer.specialTokens.separator)
    let rose = try tokenizer.encode("Rose[SEP]a plant", maxLength: 99, addSpecialTokens: false)
    #expect(rose.contains(separator))
    #expect(store.tokens(0) == rose)
    #expect(store.tokens(1) == [separator])
    let quoted = try tokenizer.encode("NA[SEP]\"one quote", maxLength: 99, addSpecialTokens: false)
    #expect(store.tokens(2) == quoted)
    #expect(counts.empty == 1)
    #expect(store.row(of: "9") == 2)
  }

  @Test func longTextsAreCut() throws {
    let text = "1\t\t" + Array(repeating: "plant", count: 40).joined(separator: " ") + "\n"
    #expect(try build(text, maxLength: 7).store.tokens(0).count == 7)
  }

  @Test func threadsChangeNothing() throws {
    let text = (0..<9_000).map { "\($0)\ttitle \($0)\ta text of \($0 % 17) words\n" }.joined()
    let one = try build(text).store.checksum
    let bytes = try folder.bytes("a.tokens")
    #expect(try build(text, threads: 3).store.checksum == one)
    #expect(try folder.bytes("a.tokens") == bytes)
  }

  @Test func badLinesAreNamedAndNothingIsLeft() throws {
    expectFileError("corpus.tsv: line 2", "2 columns") { _ = try build("1\ta\tb\n2\tc\n") }
    expectFileError("corpus.tsv: line 3", "line 1 already") {
      _ = try build("1\ta\tb\n2\tc\td\n1\te\tf\n")
    }
    #expect(try folder.names() == ["corpus.tsv"])
  }
}
