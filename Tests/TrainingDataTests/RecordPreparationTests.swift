import Foundation
import IndexStore
import Retrieval
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct RecordPreparationTests {
  private let set: SmallSet

  init() throws { set = try SmallSet() }

  private func prepare(
    _ lines: [String],
    _ judgments: Judgments,
    sampleCount: Int = 30,
    seed: UInt64 = 42,
    missing: MissingIDs = .error,
    format: RecordFormat = .ids,
    shardSize: Int = 1_000,
    threads: Int = 1,
    end: String = "\n"
  ) throws -> PreparationCounts {
    let path = try set.file("negatives.tsv", lines, end: end)
    var output = RecordPreparation.Output(RecordFolder(set.folder.path, .prepared))
    output.format = format
    output.shardSize = shardSize
    return try RecordPreparation(try set.stores, output: output, threads: threads).write(
      negatives: path,
      judgments: judgments,
      sampleCount: sampleCount,
      seed: seed,
      missing: missing
    )
  }

  @Test func positivesAreDroppedAndRepeatsAsWell() throws {
    let judgments = try set.judgments("q2 0 p9 1", "q1 0 p9 1", "q1 0 p3 0", "q1 0 p1 2")
    let counts = try prepare(["q1\tp1,p2,p2,p3", "q2\t"], judgments)
    let records = try set.records()
    #expect(records.map(\.query) == ["q1", "q2"])
    // In the order of the judgments, p9 first though p1 has the smaller number; grade 0 is none.
    #expect(records[0].positives == ["p9", "p1"])
    #expect(records[0].negatives.sorted() == ["p2", "p3"])
    #expect(records[1].negatives.isEmpty)
    var expected = PreparationCounts()
    (expected.records, expected.positives, expected.negatives) = (2, 3, 2)
    (expected.short, expected.bare, expected.relevant, expected.repeated) = (2, 1, 1, 1)
    #expect(counts == expected)
  }

  @Test func judgmentsAloneGiveRecordsWithoutNegatives() throws {
    let output = RecordPreparation.Output(RecordFolder(set.folder.path, .prepared))
    let preparation = RecordPreparation(try set.stores, output: output, threads: 2)
    let judgments = try set.judgments(
      "q2 0 p9 1",
      "q1 0 p3 0",
      "q1 0 p7 1",
      "q2 0 p1 2",
      "x 0 p1 1"
    )
    expectFileError("qrels.tsv: line 5: the query 'x' is not in") {
      _ = try preparation.write(judgments, missing: .error)
    }
    let counts = try preparation.write(judgments, missing: .skip)
    let records = try set.records()
    #expect(records.map(\.query) == ["q2", "q1"])
    #expect(records.map(\.positives) == [["p9", "p1"], ["p7"]])
    #expect(records.allSatisfy { $0.negatives.isEmpty })
    var expected = PreparationCounts()
    (expected.records, expected.positives, expected.bare) = (2, 3, 2)
    expected.unknownQueries = 1
    #expect(counts == expected)
  }

  @Test func linesMayEndAsOnWindows() throws {
    let judgments = try set.judgments("q1 0 p1 1")
    _ = try prepare(["q1\tp4,p5"], judgments, end: "\r\n")
    #expect(try set.records()[0].negatives.sorted() == ["p4", "p5"])
  }

  @Test func missingIDsAreNamedWithFileAndLine() throws {
    let judgments = try set.judgments("q1 0 p1 1", "q2 0 gone 1", "q4 0 p1 0")
    for (line, words) in [
      ("x\tp2", "the query 'x' is not in"), ("q3\tp2", "the query 'q3' has no relevant passage"),
      ("q4\tp2", "the query 'q4' has no relevant passage"),
      ("q1\tp2,p77", "the passage 'p77' is not in"),
    ] {
      expectFileError("negatives.tsv: line 2: \(words)", "--on-missing skip") {
        _ = try prepare(["q1\tp2", line], judgments)
      }
    }
    expectFileError("qrels.tsv: line 2: the passage 'gone' is not in") {
      _ = try prepare(["q2\tp2"], judgments)
    }
    #expect(!(try set.folder.names().contains { $0.hasPrefix("split") }))
  }

  @Test func missingIDsAreLeftOutAndCounted() throws {
    let judgments = try set.judgments("q1 0 gone 1", "q1 0 p1 1", "q2 0 gone 1")
    let counts = try prepare(
      ["x\tp2", "q3\tp2", "q1\tp2,p77", "q2\tp2"],
      judgments,
      missing: .skip
    )
    #expect(
      try set.records() == [TrainingRecord(query: "q1", positives: ["p1"], negatives: ["p2"])]
    )
    #expect(counts.unknownQueries == 1)
    #expect(counts.unjudgedQueries == 2)
    #expect(counts.unknownPassages == 2)
    expectFileError("no query of it can be trained on: 1 are not in") {
      _ = try prepare(["x\tp2"], judgments, missing: .skip)
    }
  }

  @Test(arguments: [
    ("q1", "the line has no tab"), ("q1\tp2,", "the id of passage 2 is blank"),
    ("\tp2", "the query's id is blank"), ("q1\tp2,,p3", "the id of passage 2 is blank"),
    ("q1\tp2\tp3", "the id of passage 1"),
  ])
  func malformedLinesAreNamed(_ line: String, _ reason: String) throws {
    let judgments = try set.judgments("q1 0 p1 1", "q2 0 p1 1")
    expectFileError("negatives.tsv: line 2: \(reason)") {
      _ = try prepare(["q2\tp2", line], judgments)
    }
  }

  @Test func aQueryHasOneLine() throws {
    let judgments = try set.judgments("q1 0 p1 1", "q2 0 p1 1")
    expectFileError("line 3: the query 'q1' stands at line 1 already", "prepare negatives") {
      _ = try prepare(["q1\tp2", "q2\tp3", "q1\tp4"], judgments)
    }
  }

  @Test func drawsDependOnSeedAndQueryAlone() throws {
    let judgments = try set.judgments(contentsOf: (0..<20).map { "q\($0) 0 p\($0) 1" })
    let lines = (0..<20).map { "q\($0)\t" + (20..<50).map { "p\($0)" }.joined(separator: ",") }
    let counts = try prepare(lines, judgments, sampleCount: 7)
    #expect(counts.negatives == 140)
    #expect(counts.short == 0)
    let records = try set.records()
    #expect(records.allSatisfy { Set($0.negatives).count == 7 })
    #expect(Set(records.map(\.negatives)).count == 20)
    for threads in [2, 5] {
      _ = try prepare(lines, judgments, sampleCount: 7, threads: threads)
      #expect(try set.records() == records)
    }
    _ = try prepare(lines.reversed(), judgments, sampleCount: 7)
    #expect(try set.records() == records.reversed())
    _ = try prepare(lines, judgments, sampleCount: 7, seed: 43)
    #expect(try set.records() != records)
  }

  @Test func filesHaveEqualNumbersOfRecordsAndReplaceOldOnes() throws {
    let judgments = try set.judgments(contentsOf: (0..<20).map { "q\($0) 0 p\($0) 1" })
    let lines = (0..<20).map { "q\($0)\tp30" }
    _ = try prepare(lines, judgments, shardSize: 1)
    let folder = RecordFolder(set.folder.path, .prepared)
    #expect(try folder.shards().count == 20)
    expectFileError("split00.jsonl: was written by an earlier preparation", "--overwrite") {
      try folder.checkEmpty()
    }
    _ = try prepare(lines, judgments, shardSize: 8)
    #expect(
      try folder.shards().map { $0.suffix(13) } == [
        "split00.jsonl", "split01.jsonl", "split02.jsonl",
      ]
    )
    #expect(try set.records("split02.jsonl").map(\.query) == ["q16", "q17", "q18", "q19"])
    // One that fails in its second file leaves all as it was.
    let before = try set.folder.names()
    expectFileError("line 21") { _ = try prepare(lines + ["x\tp1"], judgments, shardSize: 3) }
    #expect(try set.folder.names() == before)
    #expect(try set.records().count == 8)
  }

  @Test func recordsOfTokensAreOpenMatchs() throws {
    let references = SmallSet.references
    let out = try TemporaryFolder()
    let preparation = try StorePreparation(
      queries: texts("queries.tsv", .queries, template: nil, maxLength: 6),
      passages: texts("corpus.tsv", .corpus, template: "<title>[SEP]<text>", maxLength: 12),
      tokenizer: SmallSet.tokenizer
    )
    let outcome = try preparation.prepare(
      in: out.path,
      takingFrom: nil,
      replacing: false,
      threads: 2
    )
    var output = RecordPreparation.Output(RecordFolder(out.path, .prepared))
    output.format = .tokens
    let qrels = try Qrels(contentsOf: references + "/qrels.tsv")
    _ = try RecordPreparation(outcome.stores, output: output, threads: 2).write(
      negatives: references + "/negatives.tsv",
      judgments: Judgments(qrels, passages: outcome.stores.passages),
      sampleCount: 30,
      seed: 42,
      missing: .error
    )
    let expected = try Data(contentsOf: URL(filePath: references + "/openmatch.jsonl"))
    #expect(try out.bytes("split00.jsonl") == Array(expected))
    // And they are read back.
    let records = try RecordSet(paths: [out.path("split00.jsonl")])
    let tokens = try records.queryTokens(of: records.example(at: 1).query)
    #expect(tokens == outcome.stores.queries.tokens(0))
  }

  private func texts(
    _ name: String,
    _ role: TextFile.Role,
    template: String?,
    maxLength: Int
  ) throws -> StorePreparation.Texts {
    let file = try TextFile(SmallSet.references + "/" + name, role: role)
    let layout = try TextLayout(of: file, template: template.map { try TextTemplate(parsing: $0) })
    return StorePreparation.Texts(
      file: file,
      layout: layout,
      template: template,
      maxLength: maxLength
    )
  }
}
