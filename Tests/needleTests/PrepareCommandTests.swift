import Foundation
import Needletail
import TestSupport
import Testing

/// `needle prepare train`, `needle prepare split` and `needle hard-negatives`, from files to records.
@Suite struct PrepareCommandTests {
  private let folder: TemporaryFolder
  private static let texts =
    "--queries train.tsv --corpus corpus.tsv --tokenizer wordpiece --qrels qrels.tsv"

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: RealVectors.folder + "/tokenizers/wordpiece",
      toPath: folder.path("wordpiece")
    )
    func file(_ name: String, _ count: Int, _ line: (Int) -> String) throws {
      try folder.file(name, Array((0..<count).map { line($0) + "\n" }.joined().utf8))
    }
    try file("corpus.tsv", 60) { "p\($0)\ttitle \($0)\ta text about \($0)" }
    try file("train.tsv", 20) { "q\($0)\twhat is \($0)" }
    try file("qrels.tsv", 20) { "q\($0)\t0\tp\($0)\t1" }
    try file("negatives.tsv", 20) {
      "q\($0)\t" + (0...9).map { "p\($0 * 6)" }.joined(separator: ",")
    }
    try file("run.trec", 200) { row in
      "q\(row / 10) Q0 p\(row / 10 + row % 10) \(row % 10 + 1) \(10 - row % 10) tag"
    }
  }

  private func run(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" " + line, in: folder)
  }

  /// The records of a file.
  private func records(_ name: String) throws -> [[String: Any]] {
    try folder.text(name).split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func recordsOfBothStagesAreMadeAndSplit() throws {
    let prepared = try run(
      "prepare train --negatives negatives.tsv \(Self.texts) --n-sample 4 --shard-size 12 "
        + "--doc-template '<title>[SEP]<text>' --out data --json"
    )
    #expect(prepared.code == 0, "\(prepared.errors)")
    let report = try prepared.json()
    #expect(report["records"] as? Int == 20)
    #expect(report["negatives"] as? Int == 80)
    #expect(report["negatives_that_are_positives"] as? Int == 4)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("data")).sorted() == [
        "manifest.json", "passages.tokens", "queries.tokens", "split00.jsonl", "split01.jsonl",
      ]
    )
    #expect(try records("data/split01.jsonl").count == 8)

    let mined = try run(
      "hard-negatives --run run.trec --qrels qrels.tsv --store data --out data --n-sample 3 "
        + "--depth 9 --sample top --margin 2"
    )
    #expect(mined.code == 0, "\(mined.errors)")
    #expect(mined.errors.isEmpty)
    #expect(mined.output.contains("data: 20 records with 20 positives and 60 negatives"))
    #expect(mined.output.contains("20 too close to a positive"))
    let first = try records("data/split00.hn.jsonl")[0]
    #expect(first["neg"] as? [String] == ["p2", "p3", "p4"])

    for flag in ["", "--hn"] {
      let split = try run("prepare split \(flag) --in data --val 5 --out data/t.jsonl data/v.jsonl")
      #expect(split.code == 0, "\(split.errors)")
      #expect(split.output == "data/t.jsonl: 15 records\ndata/v.jsonl: 5 records\n")
      #expect(try records("data/v.jsonl").count == 5)
    }
  }

  @Test func aRunGivesNegativesOfTheFirstStageAsWell() throws {
    let result = try run("prepare train --from-run run.trec --depth 5 \(Self.texts) --out data")
    #expect(result.code == 0, "\(result.errors)")
    let second = try records("data/split00.jsonl")[1]
    #expect(Set(try #require(second["neg"] as? [String])) == ["p2", "p3", "p4", "p5", "p6"])
    #expect(result.errors == "needle: warning: 20 records have fewer than 30 negatives\n")
  }

  @Test func pairsOfACorpusNeedNoNegatives() throws {
    try folder.file("c.tsv", Array("a\tone\tfirst\nb\t\tsecond\nc\tthree\tthird\n".utf8))
    let pairs = try run("prepare pairs --corpus c.tsv --out pairs.tsv")
    #expect(pairs.code == 0, "\(pairs.errors)")
    #expect(pairs.output.hasPrefix("pairs.tsv: 2 pairs of 3 passages, 1 of which lack a field, in"))
    #expect(try folder.text("pairs.tsv") == "a\t0\ta\t1\nc\t0\tc\t1\n")

    let records = try run(
      "prepare train --qrels pairs.tsv --queries c.tsv --query-columns id,title,text "
        + "--query-template '<text>' --corpus c.tsv --doc-template '<title>' "
        + "--tokenizer wordpiece --out data"
    )
    #expect(records.code == 0, "\(records.errors)")
    #expect(records.output.contains("data: 2 records with 2 positives and 0 negatives"))
    // The passage without a title is no part of a pair, but its empty text is in the store.
    #expect(records.errors == "needle: warning: data/passages.tokens: 1 texts are empty\n")
    #expect(
      try folder.text("data/split00.jsonl") == """
        {"qid":"a","pos":["a"],"neg":[]}
        {"qid":"c","pos":["c"],"neg":[]}

        """
    )
    let json = try run("prepare pairs --corpus c.tsv --sample 1 --out pairs.tsv --json").json()
    #expect(json["pairs"] as? Int == 1 && json["passages_lacking_fields"] as? Int == 1)
  }

  @Test func pairsSayHowManyLinesWereRepaired() throws {
    try folder.file("c.tsv", Array("a\tone\tfirst\nb\ttwo\t".utf8) + [0xFF, 0x0A])
    let refused = try run("prepare pairs --corpus c.tsv --out pairs.tsv")
    #expect(refused.code == 65 && refused.errors.contains("c.tsv: line 2"), "\(refused.errors)")
    let line = "prepare pairs --corpus c.tsv --invalid-utf8 replace --out pairs.tsv --json"
    let repaired = try run(line)
    #expect(
      repaired.errors
        == "needle: warning: c.tsv: 1 lines are no UTF-8, and repaired with U+FFFD\n"
    )
    #expect(try repaired.json()["repaired_lines"] as? Int == 1)
  }

  @Test func shallowRunsAreWarnedOf() throws {
    let result = try run("prepare train --from-run run.trec --n-sample 2 \(Self.texts) --out data")
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "warning: the run has fewer than 200 passages for 20 of 20 queries, and 10 at most"
      )
    )
  }

  @Test func tokensOfAnEarlierStepAreTaken() throws {
    let line = "prepare train --negatives negatives.tsv --n-sample 2"
    #expect(try run("\(line) \(Self.texts) --out first").code == 0)
    let second = try run("\(line) --qrels qrels.tsv --store first --out second --seed 7")
    #expect(second.code == 0, "\(second.errors)")
    #expect(second.output.contains("taken as they were"))
    #expect(try folder.bytes("second/passages.tokens") == folder.bytes("first/passages.tokens"))
    #expect(try folder.bytes("second/split00.jsonl") != folder.bytes("first/split00.jsonl"))
    expectFailure(
      try run("\(line) \(Self.texts) --truncate 3 --store first --out third"),
      .usage,
      "first/passages.tokens",
      "at most 128 tokens a text, not 3"
    )
    expectFailure(
      try run("\(line) --qrels qrels.tsv --store first --out second"),
      .usage,
      "second/split00.jsonl",
      "--overwrite"
    )
    #expect(try run("\(line) --qrels qrels.tsv --store first --out second --overwrite").code == 0)
    #expect(try folder.bytes("second/split00.jsonl") == folder.bytes("first/split00.jsonl"))
  }

  @Test func beirDirectoriesAreRead() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("beir/qrels"),
      withIntermediateDirectories: true
    )
    let corpus = (0..<9).map { "{\"_id\":\"p\($0)\",\"title\":\"\",\"text\":\"text \($0)\"}\n" }
    try folder.file("beir/corpus.jsonl", Array(corpus.joined().utf8))
    try folder.file("beir/queries.jsonl", Array("{\"_id\":\"q1\",\"text\":\"what\"}\n".utf8))
    let qrels = "query-id\tcorpus-id\tscore\nq1\tp1\t1\n"
    try folder.file("beir/qrels/train.tsv", Array(qrels.utf8))
    try folder.file("n.tsv", Array("q1\tp2,p3\n".utf8))
    let result = try run(
      "prepare train --negatives n.tsv --corpus beir --queries beir --qrels beir "
        + "--tokenizer wordpiece --out data"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(try records("data/split00.jsonl")[0]["pos"] as? [String] == ["p1"])
  }

  @Test func missingIDsAreAnErrorOrSkipped() throws {
    try folder.file("n.tsv", Array("q1\tp2\nq2\tp3,p777\nx\tp2\n".utf8))
    let line = "prepare train --negatives n.tsv \(Self.texts) --out data"
    expectFailure(
      try run(line),
      .badData,
      "n.tsv: line 2: the passage 'p777' is not in data/passages.tokens",
      "--on-missing skip"
    )
    let skipped = try run(line + " --on-missing skip")
    #expect(skipped.code == 0)
    #expect(skipped.errors.contains("warning: 1 queries are in no file of queries, and left out"))
    #expect(skipped.errors.contains("warning: 1 passages are not in the corpus, and left out"))
  }

  @Test func optionsThatContradictEachOtherAreRefused() throws {
    let train = "prepare train --out data --qrels qrels.tsv"
    let mine = "hard-negatives --out data --qrels qrels.tsv --store data --run"
    for (line, words) in [
      ("\(train) --store data --negatives n --from-run r", "give --negatives or --from-run"),
      ("prepare pairs --corpus corpus.tsv --out p --sample 0", "--sample 0"),
      ("prepare pairs --corpus corpus.tsv --out p --fields title", "--fields 'title'"),
      ("prepare pairs --corpus corpus.tsv --out p --fields title,", "--fields 'title,'"),
      ("prepare pairs --corpus corpus.tsv --out p --fields title,body", "no field 'body'"),
      ("prepare pairs --corpus corpus.tsv --out corpus.tsv", "is the file of --corpus"),
      ("\(train) --negatives n.tsv", "--queries, --corpus and --tokenizer are needed"),
      ("\(train) --negatives n.tsv --queries q.tsv --store data", "beside --store, or none"),
      ("\(train) --negatives n.tsv --store data --truncate 9", "--truncate is for texts"),
      ("\(train) --negatives n.tsv --store data --depth 9", "--depth is for runs"),
      ("\(train) --negatives n.tsv --store data --n-sample 0", "--n-sample 0"),
      ("\(mine) a.trec --rank-from 5 --rank-to 4", "--rank-to 4 is before --rank-from 5"),
      ("\(mine) a.trec --relative-margin 1.5", "--relative-margin 1.5"),
      ("\(mine) a.trec --margin=-1", "--margin -1.0"),
      ("\(mine) a.trec --mix-share 0.5", "give --mix-with as well"),
      ("\(mine) a.trec --scores --mix-with r.jsonl", "--scores does not go with --mix-with"),
      ("\(mine) a.msmarco --margin 1", "--margin needs scores"),
      ("prepare split --in data --val 1 --out a.jsonl", "--out has 1 files"),
      ("prepare split --in data --val 0 --out a.jsonl b.jsonl", "--val 0"),
      ("prepare split --in data --val 1 --tail --seed 1 --out a.jsonl b.jsonl", "leave --seed out"),
    ] {
      expectFailure(try run(line), .usage, words)
    }
  }
}
