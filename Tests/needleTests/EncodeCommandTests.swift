import Foundation
import Needletail
import TestSupport
import Testing

@Suite(.enabled(if: SmallModel.isUsable, "libCTorch is not there"))
struct EncodeCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try SmallModel.write(to: folder)
  }

  private func run(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" " + line, in: folder)
  }

  private func corpus(_ count: Int) throws {
    let lines = (0..<count).map { row in
      let words = (0..<(row * 7 % 5)).map { "w\(row)x\($0)" }.joined(separator: " ")
      return "doc-\(row)\ttitle \(row)\t\(words)\n"
    }
    try folder.file("corpus.tsv", Array(lines.joined().utf8))
  }

  @Test func textsBecomeAnIndexThatFindsThem() throws {
    try corpus(120)
    let options = "--model model --pooling mean --normalize --device cpu"
    let encoded = try run(
      "encode \(options) --corpus corpus.tsv --out base --shard-rows 50 --dtype f16 --json"
    )
    #expect(encoded.code == 0, "\(encoded.errors)")
    let report = try encoded.json()
    #expect(report["count"] as? Int == 120)
    #expect(report["dimension"] as? Int == 32)
    #expect(report["padding_share"] as? Double == 0)
    let phases = try #require(report["phases"] as? [String: Double])
    #expect(phases.keys.sorted() == ["encode", "read", "tokenize", "write"])

    let built = try run("index build --vectors base --backend flat --metric cosine --out index")
    #expect(built.code == 0, "\(built.errors)")
    // A passage's own text as a query is nearest to it.
    try folder.file("q.tsv", Array("q7\ttitle 7 w7x0 w7x1 w7x2 w7x3\nq100\ttitle 100\n".utf8))
    let asked = try run("encode \(options) --queries q.tsv --out asked")
    #expect(asked.code == 0, "\(asked.errors)")
    #expect(asked.output.contains("asked: 2 x 32"))
    #expect(try run("search --index index --queries asked --k 1 --out run.trec").code == 0)
    let lines = try folder.text("run.trec").split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ").prefix(4).joined(separator: " ") } == [
        "q7 Q0 doc-7 1", "q100 Q0 doc-100 1",
      ]
    )
    #expect(try run("index verify base").code == 0)
  }

  @Test func aKilledProcessLosesAndDoublesNothing() throws {
    try corpus(6_000)
    let options =
      "--model model --pooling first --corpus corpus.tsv --batch-tokens 512 --window-texts 200 "
      + "--shard-rows 450 --threads 2"
    let whole = try run("encode \(options) --out whole")
    #expect(whole.code == 0, "\(whole.errors)")
    let killed = try NeedleCommand.shell(
      """
      kills=0
      for time in 0.3 0.5 0.6 0.7 0.8 0.9 1.1 1.4; do
        timeout -s KILL $time "$needle" encode \(options) --out again && break
        kills=$((kills + 1))
      done
      echo "$kills kills"
      "$needle" encode \(options) --out again && diff -r whole again && echo same
      """,
      in: folder
    )
    #expect(killed.code == 0, "\(killed.output) \(killed.errors)")
    #expect(!killed.output.contains("\n0 kills"))
    #expect(killed.output.hasSuffix("same\n"))
  }

  @Test func slicesMakeOneSet() throws {
    try corpus(90)
    let options = "--model model --pooling last --corpus corpus.tsv --device cpu"
    for slice in ["1/3", "0/3", "2/3"] {
      #expect(try run("encode \(options) --shard \(slice) --out parts").code == 0)
    }
    #expect(try run("encode \(options) --out whole").code == 0)
    let parts = try VectorSet.open(folder.path("parts"))
    let whole = try VectorSet.open(folder.path("whole"))
    #expect(parts.ids == whole.ids)
    let left = try parts.allRows(preparedFor: .innerProduct)
    let right = try whole.allRows(preparedFor: .innerProduct)
    // Batches are others, so sums may be rounded otherwise.
    #expect(zip(left, right).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func beirAndTemplates() throws {
    let lines = (0..<5).map { "{\"_id\":\"d\($0)\",\"title\":\"t\",\"text\":\"x\($0)\"}\n" }
    try FileManager.default.createDirectory(
      atPath: folder.path("beir"),
      withIntermediateDirectories: false
    )
    try folder.file("beir/corpus.jsonl", Array(lines.joined().utf8))
    let options = "--model model --corpus beir --out out"
    expectFailure(
      try run("encode \(options) --doc-template '<title> <body>'"),
      .usage,
      "there is no field 'body'; there are _id, text, title"
    )
    let template = "--doc-template 'Title: <title> Text: <text>'"
    #expect(try run("encode \(options) \(template)").code == 0)
    #expect(try VectorSet.open(folder.path("out")).ids.text(of: 3) == "d3")
    expectFailure(
      try run("encode \(options) \(template) --passage-max-len 9"),
      .usage,
      "maximum length was '40', now it is '9'"
    )
    #expect(try run("encode \(options) \(template)").output.contains("complete already"))
  }

  @Test func badRequestsAreRefused() throws {
    try folder.file("a.tsv", Array("1\tt\tx\n2\tt\t\n1\tt\ty\n".utf8))
    let start = "encode --model model --out out"
    expectFailure(try run(start), .usage, "--corpus or --queries")
    expectFailure(try run(start + " --corpus a.tsv --queries a.tsv"), .usage, "only one")
    expectFailure(try run(start + " --corpus a.tsv --query-max-len 3"), .usage, "--query-max-len")
    expectFailure(
      try run(start + " --corpus a.tsv --unigram-engine sentencepiece"),
      .usage,
      "has no spiece.model, which the unigram engine 'sentencepiece' reads"
    )
    expectFailure(try run(start + " --corpus a.tsv --shard 3/3"), .usage, "3/3")
    expectFailure(try run(start + " --corpus a.tsv --limit 0"), .usage, "--limit 0")
    expectFailure(try run(start + " --corpus a.tsv --compute-dtype f16"), .usage, "needs a GPU")
    expectFailure(try run(start + " --corpus a.tsv --device tpu"), .usage, "tpu")
    expectFailure(try run(start + " --corpus a.csv"), .usage, "a.csv")
    expectFailure(try run(start + " --corpus none.tsv"), .missingInput, "none.tsv")
    expectFailure(
      try run("encode --model none --corpus a.tsv --out out"),
      .missingInput,
      "none"
    )
    let twice = try run(start + " --corpus a.tsv")
    expectFailure(twice, .badData, "a.tsv: line 3: the id '1' stands at line 1 already")
    expectFailure(
      try run(start + " --corpus a.tsv --doc-columns id,text"),
      .badData,
      "a.tsv: line 1: 3 columns, but 2 are named: id,text"
    )
  }

  @Test func whatIsMetInTextsIsSaid() throws {
    try folder.file("a.tsv", Array("1\tt\tx\n2\t\t\n3\tt\t".utf8) + [0xFF, 0x0A])
    expectFailure(
      try run("encode --model model --corpus a.tsv --out out"),
      .badData,
      "a.tsv: line 3",
      "UTF-8"
    )
    let line = "encode --model model --corpus a.tsv --out other --invalid-utf8 replace"
    let result = try run(line)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("warning: a.tsv: 1 texts are empty"))
    #expect(result.errors.contains("warning: a.tsv: 1 lines are no UTF-8"))
  }
}
