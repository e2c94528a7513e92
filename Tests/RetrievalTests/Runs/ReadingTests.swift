import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

/// What judgments and runs may look like, and what is said of those that do not.
@Suite struct ReadingTests {
  private func qrels(_ text: String, name: String = "qrels.tsv") throws -> Qrels {
    let folder = try TemporaryFolder()
    return try Qrels(contentsOf: folder.file(name, Array(text.utf8)))
  }

  private func run(
    _ text: String,
    name: String = "run.trec",
    format: RunFormat? = nil
  ) throws -> Run {
    let folder = try TemporaryFolder()
    return try Run(contentsOf: folder.file(name, Array(text.utf8)), format: format)
  }

  @Test(arguments: [
    "1 0 a 1\n2 0 b 1\n1 0 c 1\n", "1\t0\ta\t1\r\n2\t0\tb\t1\r\n1\t0\tc\t1",
    "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n1\tc\t1\n", "1 a 1\n2 b 1\n1 c 1\n",
    "1\ta\n2\tb\n1\tc\n", " 1  0\t a 1 \n2 0 b +1\n1 Q0 c 01\n",
  ])
  func judgmentsOfAllFormatsAreEqual(text: String) throws {
    let qrels = try qrels(text)
    #expect(qrels.queryIDs == ["1", "2"])
    #expect(qrels.count == 3)
    let run = Run(
      [("1", [("a", 3), ("x", 2), ("c", 1)]), ("2", [("x", 2), ("b", 1)])],
      name: "run"
    )
    let evaluation = try Evaluation(of: run, by: qrels, measures: Measure.parsing("AP"))
    #expect(abs(evaluation.overall(0) - ((1 + 2 / 3.0) / 2 + 0.5) / 2) < 1e-12)
  }

  @Test(arguments: [
    ("1 0 a 1\n1 0 b\n", "line 2", "3 columns, but line 1 has 4"),
    ("1 0 a 1 9\n", "line 1", "5 columns"), ("1\n", "line 1", "1 columns"),
    ("1 0 a 1\n\n", "line 2", "0 columns"), ("1 0 a 1\n2 0 b x\n", "line 2", "the grade 'x'"),
    ("1 0 a 1.0\n", "line 1", "the grade '1.0'"),
    ("1 0 a 9999999999\n", "line 1", "the grade '9999999999'"),
    ("query-id corpus-id score\n1 a x\n", "line 2", "the grade 'x'"),
    ("1 0 a 1\n2 0 a 1\n1 0 a 0\n", "line 3", "at line 1 already"),
    ("query-id\tcorpus-id\tscore\n1\ta\t1\n1\ta\t1\n", "line 3", "at line 2 already"),
  ])
  func wrongJudgmentsAreNamed(text: String, place: String, reason: String) throws {
    let error = #expect(throws: FileError.self) { try qrels(text) }
    #expect(error?.kind == .badData)
    #expect(error?.place == place)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func filesWithoutJudgmentsOrResultsAreErrors() throws {
    for text in ["", "query-id corpus-id score\n"] {
      #expect(throws: FileError.self) { try qrels(text) }
    }
    for name in ["run.trec", "run.jsonl"] {
      #expect(throws: FileError.self) { try run("", name: name) }
    }
  }

  @Test func whatIsNotUTF8IsNamed() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.file("bad", Array("1 0 a 1\n2 0 ".utf8) + [0xFF] + Array(" 1\n".utf8))
    let error = #expect(throws: FileError.self) { try Qrels(contentsOf: bad) }
    #expect(error?.place == "line 2")
    let line = try folder.file("run", Array("1 Q0 ".utf8) + [0xC0] + Array(" 1 1 t\n".utf8))
    let other = #expect(throws: FileError.self) { try Run(contentsOf: line) }
    #expect(other?.place == "line 1")
  }

  @Test(arguments: [
    ("1 Q0 a 1 1 t\n1 Q0 b 2\n", "run", "line 2", "4 columns"),
    ("1 Q0 a 1 1 t x\n", "run.trec", "line 1", "7 columns"),
    ("1 Q0 a 1 one t\n", "run", "line 1", "the score 'one'"),
    ("1 Q0 a 1 nan t\n", "run", "line 1", "the score 'nan'"),
    ("1 Q0 a 1 inf t\n", "run", "line 1", "the score 'inf'"),
    ("1 Q0 a 1 0x10 t\n", "run", "line 1", "the score '0x10'"),
    ("1 Q0 a first 1 t\n", "run", "line 1", "the rank 'first'"),
    (
      "1 Q0 a 1 1 t\n1 Q0 b 2 1 t\n1 Q0 a 3 1 t\n", "run", "line 3",
      "'a' stands twice for query '1'"
    ),
    ("1 Q0 a 1 1 t\n2 Q0 a 1 1 t\n1 Q0 a 3 1 t\n", "run", "line 3", "stands twice"),
    ("1 a 0.5\n", "run.tsv", "line 1", "may be of two formats"),
    ("1 a 0.5\n", "run.msmarco", "line 1", "the rank '0.5'"),
    ("1 a 2 3\n", "run.msmarco", "line 1", "4 columns"),
    ("{\"query\":1}\n", "run.jsonl", "line 1", "is not"),
    ("{\"query\":1,\"ids\":[1],\"scores\":[null]}\n", "run.jsonl", "line 1", "is not"),
    ("{\"query\":1,\"ids\":[1],\"scores\":[]}\n", "run.jsonl", "line 1", "1 ids, but 0 scores"),
    ("{\"query\":1,\"ids\":[1,1],\"scores\":[2,1]}\n", "run.jsonl", "line 1", "stands twice"),
    (
      "{\"query\":1,\"ids\":[1],\"scores\":[2]}\n{\"query\":\"1\",\"ids\":[],\"scores\":[]}\n",
      "run.jsonl", "line 2", "at line 1 already"
    ),
  ])
  func wrongRunsAreNamed(text: String, name: String, place: String, reason: String) throws {
    let error = #expect(throws: FileError.self) { try run(text, name: name) }
    #expect(error?.kind == .badData)
    #expect(error?.place == place)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test(arguments: [
    "0", "-0", "1", "+1.5", "73.12345123291016", "-1e-5", "1E+5", ".5", "5.", "0.1",
    "123456789012345678",
    "9007199254740993", "1e22", "1e23", "1e-22", "1e-23", "3.4028236e38", "1e39", "1e-50",
    "0.30000000000000004", "179769313486231570000", "2.2250738585072014e-308", "00012.50",
  ])
  func scoresAreRoundedAsStrtodDoes(text: String) throws {
    let run = try run("1 Q0 a 1 \(text) t\n")
    let expected = unsafe Float(strtod(text, nil))
    #expect(run.scores == [expected])
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1,5", "1 5", "--1", "1.2.3", "1f", "٣"])
  func whatIsNoNumberIsRefused(text: String) {
    #expect(throws: FileError.self) { try run("1 Q0 a 1 \(text) t\n") }
  }

  @Test func linesOfAQueryNeedNotStandTogether() throws {
    let together = "1 Q0 a 1 3 t\n1 Q0 b 2 2 t\n2 Q0 c 1 1 t\n"
    let apart = "1 Q0 a 1 3 t\n2 Q0 c 1 1 t\n1 Q0 b 2 2 t\n"
    let runs = try [together, apart].map { try run($0) }
    #expect(runs.map(\.starts) == [[0, 2, 3], [0, 2, 3]])
    #expect(runs.map(\.scores) == [[3, 2, 1], [3, 2, 1]])
    #expect(runs.map(\.ranks) == [[1, 2, 1], [1, 2, 1]])
  }

  @Test func endingsTellFormats() {
    let endings: [(String, RunFormat?)] = [
      ("a.trec", .trec), ("a.run", .trec), ("a.trec.gz", .trec), ("a.msmarco", .msmarco),
      ("a.jsonl.gz", .jsonl), ("a.tsv", nil), ("a", nil), ("a.txt", nil),
    ]
    for (name, format) in endings { #expect(RunFormat(forFileNamed: name) == format) }
  }

  @Test func foldersOfBEIRStandForTheirFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    #expect(Qrels.path(path) == path + "/qrels/test.tsv")
    #expect(Qrels.path(path + ":dev") == path + "/qrels/dev.tsv")
    #expect(Qrels.path(path + "/file") == path + "/file")
    #expect(Qrels.path("no:where") == "no:where")
  }

  @Test func manyIdsAreKeptApart() {
    var table = IDTable()
    let ids = (0..<20_000).map { "\($0 % 7 == 0 ? "passage-" : "")\($0 * 37)" }
    for (number, id) in ids.enumerated() {
      #expect(table.insert(id.utf8Span.span) == UInt32(number))
    }
    for number in stride(from: 0, to: ids.count, by: 97) {
      #expect(table.insert(ids[number].utf8Span.span) == UInt32(number))
      #expect(table.find(ids[number].utf8Span.span) == UInt32(number))
      #expect(table[UInt32(number)] == ids[number])
    }
    #expect(table.count == ids.count)
    #expect(table.find("nothing".utf8Span.span) == nil)
    #expect(table.precedes(1, 2) == ids[1].utf8.lexicographicallyPrecedes(ids[2].utf8))
  }
}
