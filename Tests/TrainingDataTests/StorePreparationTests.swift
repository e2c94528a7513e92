import IndexStore
import Retrieval
import TestSupport
import Testing

@testable import TrainingData

@Suite struct StorePreparationTests {
  private let source: TemporaryFolder
  private let out: TemporaryFolder

  init() throws {
    source = try TemporaryFolder()
    out = try TemporaryFolder()
    try source.file("corpus.tsv", Array("p1\tRose\ta plant\np2\t\tthe quick fox\n".utf8))
    try source.file("train.tsv", Array("q1\twhat is a rose\n".utf8))
    try source.file("dev.tsv", Array("q9\twhat is a fox\n".utf8))
  }

  private func texts(_ name: String, _ role: TextFile.Role, _ length: Int) throws
    -> StorePreparation.Texts
  {
    let file = try TextFile(source.path(name), role: role)
    return StorePreparation.Texts(
      file: file,
      layout: try TextLayout(of: file),
      template: nil,
      maxLength: length
    )
  }

  private func prepare(
    queries: String = "train.tsv",
    length: Int = 128,
    in folder: TemporaryFolder? = nil,
    from earlier: TemporaryFolder? = nil,
    replacing: Bool = false
  ) throws -> StorePreparation.Outcome {
    let preparation = try StorePreparation(
      queries: texts(queries, .queries, 32),
      passages: texts("corpus.tsv", .corpus, length),
      tokenizer: SmallSet.tokenizer
    )
    return try preparation.prepare(
      in: (folder ?? out).path,
      takingFrom: earlier?.path,
      replacing: replacing,
      threads: 1
    )
  }

  @Test func theSameStoresAreTakenAgain() throws {
    let first = try prepare()
    #expect(first.queries != nil && first.passages != nil)
    #expect(first.stores.passages.row(of: "p2") == 1)
    let second = try prepare()
    #expect(second.queries == nil && second.passages == nil)
    #expect(second.stores.passages.checksum == first.stores.passages.checksum)
  }

  @Test func otherSettingsAreRefusedUnlessReplaced() throws {
    let first = try prepare()
    expectFileError(
      "passages.tokens: was made with at most 128 tokens a text, not 2",
      "--overwrite"
    ) {
      _ = try prepare(length: 2)
    }
    let second = try prepare(length: 2, replacing: true)
    #expect(second.queries == nil && second.passages != nil)
    #expect(second.stores.passages.tokens(0) == Array(first.stores.passages.tokens(0).prefix(2)))
    try out.file("queries.tokens", [1, 2, 3])
    expectFileError("queries.tokens: is no store of tokens") { _ = try prepare(length: 2) }
    #expect(try prepare(length: 2, replacing: true).queries != nil)
  }

  @Test func storesOfAnEarlierStepAreTakenWhereTheyFit() throws {
    let first = try prepare()
    let other = try TemporaryFolder()
    let second = try prepare(queries: "dev.tsv", in: other, from: out)
    #expect(second.passages == nil)
    #expect(second.stores.passages.checksum == first.stores.passages.checksum)
    // The queries are others, which is no mistake.
    #expect(second.queries != nil)
    #expect(second.stores.queries.row(of: "q9") == 0)
    expectFileError("was made with at most 128 tokens a text, not 3", "--store") {
      _ = try prepare(length: 3, in: other, from: out)
    }
  }
}
