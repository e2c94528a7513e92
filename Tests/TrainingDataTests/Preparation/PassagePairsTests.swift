import Retrieval
import TestSupport
import Testing
import TrainingData
import VectorCore

@Suite struct PassagePairsTests {
  private func pairs(
    _ folder: TemporaryFolder,
    _ name: String = "corpus.tsv",
    sample: Int? = nil,
    seed: UInt64 = 42
  ) throws -> PassagePairs.Counts {
    let file = try TextFile(folder.path(name), role: .corpus)
    let layout = try TextLayout(of: file, template: TextTemplate(joining: ["title", "text"]))
    return try PassagePairs(file, layout: layout, sample: sample, seed: seed)
      .write(to: folder.path("pairs.tsv"))
  }

  @Test func aPassageWithAllFieldsIsRelevantToItself() throws {
    let folder = try TemporaryFolder()
    let lines = ["9\tt\tx", "7\t\tx", "a\tt\t ", "8\tt\tx"]
    try folder.file("corpus.tsv", Array(lines.joined(separator: "\n").utf8))
    let counts = try pairs(folder)
    #expect(counts.passages == 4 && counts.lacking == 2 && counts.pairs == 2)
    #expect(try folder.text("pairs.tsv") == "9\t0\t9\t1\n8\t0\t8\t1\n")
  }

  @Test func fieldsOfJSONMayBeMissing() throws {
    let folder = try TemporaryFolder()
    let lines = [#"{"_id":"d1","text":"x"}"#, #"{"_id":"d2","title":"t","text":"x"}"#]
    try folder.file("corpus.jsonl", Array(lines.joined(separator: "\n").utf8))
    #expect(try pairs(folder, "corpus.jsonl").lacking == 1)
    #expect(try folder.text("pairs.tsv") == "d2\t0\td2\t1\n")
  }

  @Test func aSampleIsEvenAndInTheOrderOfTheCorpus() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<1_000).map { "\($0)\t\($0 % 2 == 0 ? "t" : "")\tx\n" }
    try folder.file("corpus.tsv", Array(lines.joined().utf8))
    var seen: Set<String> = []
    for seed in 0..<20 as Range<UInt64> {
      let counts = try pairs(folder, sample: 100, seed: seed)
      #expect(counts.pairs == 100 && counts.lacking == 500)
      let text = try folder.text("pairs.tsv")
      #expect(seen.insert(text).inserted)
      let ids = text.split(separator: "\n").compactMap { Int($0.prefix { $0 != "\t" }) }
      #expect(ids == ids.sorted() && Set(ids).count == 100)
      #expect(ids.allSatisfy { $0 % 2 == 0 })
      // 50 of each half are expected, and the deviation is 4.8.
      #expect((28...72).contains(ids.count { $0 < 500 }), "seed \(seed)")
    }
    _ = try pairs(folder, sample: 100, seed: 3)
    #expect(try seen.contains(folder.text("pairs.tsv")))
    #expect(try pairs(folder, sample: 501).pairs == 500)
  }

  @Test(arguments: [
    ("1\t\tx\n2\tt\t\n", "none of 2 passages has all of the fields title, text"),
    ("", "there is no passage in it"), ("1\tt\n", "line 1: 2 columns"),
  ])
  func nothingIsLeftOfACorpusWithoutPairs(_ text: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    try folder.file("corpus.tsv", Array(text.utf8))
    let error = try #require(throws: FileError.self) { try pairs(folder) }
    #expect("\(error)".contains(reason))
    #expect(try folder.names() == ["corpus.tsv"])
  }
}
