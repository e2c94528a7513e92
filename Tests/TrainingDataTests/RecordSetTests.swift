import Synchronization
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct RecordSetTests {
  private let set: SmallSet

  init() throws {
    set = try SmallSet()
    try set.file(
      "train.jsonl",
      (0..<10).map { #"{"qid":"q\#($0)","pos":["p\#($0)"],"neg":["p\#($0 + 20)","p\#($0 + 30)"]}"# }
    )
  }

  @Test func examplesHaveTheTokensOfTheStores() throws {
    let records = try RecordSet(paths: [set.folder.path("train.jsonl")])
    #expect(records.count == 10)
    let example = try records.example(at: 7)
    #expect(example.query == TrainingText(key: "q7", place: .stored(row: 7)))
    #expect(records.queryTokens(of: example.query) == [7, 8, 9])
    #expect(example.positives.map(\.key) == ["p7"])
    #expect(example.negatives.map { records.passageTokens(of: $0) } == [[27, 28, 29], [37]])
    #expect(example.positiveScores == nil)
  }

  @Test func scoresComeAlong() throws {
    try set.file(
      "train.jsonl",
      [#"{"qid":"q1","pos":["p1"],"neg":["p2"],"pos_scores":[2],"neg_scores":[-1.5]}"#]
    )
    let example = try RecordSet(paths: [set.folder.path("train.jsonl")]).example(at: 0)
    #expect(example.positiveScores == [2])
    #expect(example.negativeScores == [-1.5])
  }

  @Test func missingIDsAreNamedWithTheirLine() throws {
    let path = try set.file(
      "train.jsonl",
      [
        #"{"qid":"q1","pos":["p1"],"neg":["p2"]}"#, #"{"qid":"x","pos":["p1"],"neg":["p2"]}"#,
        #"{"qid":"q1","pos":["p1"],"neg":["p2","p99"]}"#, #"{"qid":"q1","pos":["y"],"neg":[]}"#,
      ]
    )
    let records = try RecordSet(paths: [path])
    expectFileError("train.jsonl: line 2: the query 'x' is not in", "queries.tokens") {
      _ = try records.example(at: 1)
    }
    expectFileError("line 3: the passage 'p99' is not in", "passages.tokens") {
      _ = try records.example(at: 2)
    }
    expectFileError("line 4: the passage 'y'") { _ = try records.example(at: 3) }
  }

  @Test func recordsOfTokensNeedNoStores() throws {
    let folder = try TemporaryFolder()
    let lines = [
      #"{"query": [1, 2], "positives": [[3]], "negatives": [[4, 5], [3]]}"#,
      #"{"qid":"q1","pos":["p1"],"neg":[]}"#,
    ]
    try folder.file("a.jsonl", Array(lines.joined(separator: "\n").utf8))
    let records = try RecordSet(paths: [folder.path("a.jsonl")])
    let example = try records.example(at: 0)
    #expect(records.queryTokens(of: example.query) == [1, 2])
    #expect(example.negatives.map { records.passageTokens(of: $0) } == [[4, 5], [3]])
    // Equal texts have equal keys: a positive among the negatives can be masked.
    #expect(example.negatives[1] == example.positives[0])
    #expect(example.negatives[0].key != example.positives[0].key)
    #expect(example.query.key.count == 16)
    expectFileError("a.jsonl: line 2: holds ids") { _ = try records.example(at: 1) }
  }

  @Test func filesFollowEachOtherInTheOrderOfTheirNames() throws {
    try set.file(
      "b.jsonl",
      [#"{"qid":"q15","pos":["p1"],"neg":[]}"#, #"{"qid":"q16","pos":["p1"],"neg":[]}"#]
    )
    let records = try RecordSet(paths: [set.folder.path])
    #expect(records.count == 12)
    #expect(
      try (0..<12).map { try records.example(at: $0).query.key } == ["q15", "q16"]
        + (0..<10).map { "q\($0)" }
    )
  }

  @Test func recordsElsewhereAreToldWhereTheStoresAre() throws {
    let other = try TemporaryFolder()
    try other.file("val.jsonl", set.folder.bytes("train.jsonl"))
    let path = other.path("val.jsonl")
    expectFileError("queries.tokens", "no such file") { _ = try RecordSet(paths: [path]) }
    let records = try RecordSet(paths: [path], data: set.folder.path)
    #expect(try records.example(at: 3).query.key == "q3")
    expectFileError("lies in another folder", "--data") {
      _ = try RecordSet(paths: [set.folder.path("train.jsonl"), path])
    }
    let empty = try TemporaryFolder()
    expectFileError("is a folder without files .jsonl") {
      _ = try RecordSet(paths: [empty.path])
    }
  }

  @Test func theFingerprintIsThatOfRecordsAndStores() throws {
    let path = set.folder.path("train.jsonl")
    let first = try RecordSet(paths: [path]).fingerprint
    #expect(try RecordSet(paths: [path]).fingerprint == first)
    let others = try SmallSet(passages: 51)
    #expect(try RecordSet(paths: [path], data: others.folder.path).fingerprint != first)
    try set.folder.file("train.jsonl", set.folder.bytes("train.jsonl").dropLast())
    #expect(try RecordSet(paths: [path]).fingerprint != first)
  }

  @Test func severalThreadsReadTheSame() throws {
    let records = try RecordSet(paths: [set.folder.path("train.jsonl")])
    let sums = Mutex([Int](repeating: 0, count: 1_000))
    try parallelFor(1_000, chunk: 7, threads: 4) { _, range in
      for index in range {
        let example = try records.example(at: index % 10)
        let tokens = example.negatives.flatMap { records.passageTokens(of: $0) }
        sums.withLock { $0[index] = tokens.reduce(0) { $0 + Int($1) } }
      }
    }
    let found = sums.withLock { $0 }
    for index in 0..<1_000 { #expect(found[index] == found[index % 10]) }
    #expect(found[7] == 27 + 28 + 29 + 37)
  }
}
