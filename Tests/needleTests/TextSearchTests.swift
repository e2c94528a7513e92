import Foundation
import Needletail
import TestSupport
import Testing

@Suite(.enabled(if: SmallModel.isUsable, "libCTorch is not there"))
struct TextSearchTests {
  private static let model = "--model model --pooling mean --normalize --device cpu"
  private let folder: TemporaryFolder

  /// A model, a corpus of 60 passages and an index of it.
  init() throws {
    folder = try TemporaryFolder()
    try SmallModel.write(to: folder)
    let lines = (0..<60).map { "doc-\($0)\ttitle \($0)\tw\($0)x y\($0 * 37 % 60)z\n" }
    try folder.file("corpus.tsv", Array(lines.joined().utf8))
    let queries = [41, 3, 17].map { "q\($0)\ttitle \($0) w\($0)x y\($0 * 37 % 60)z\n" }
    try folder.file("q.tsv", Array(queries.joined().utf8))
    let made = try NeedleCommand.shell(
      "\"$needle\" encode \(Self.model) --corpus corpus.tsv --out base && "
        + "\"$needle\" index build --vectors base --backend flat --out index",
      in: folder
    )
    try #require(made.code == 0, "\(made.errors)")
  }

  private func run(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" " + line, in: folder)
  }

  /// The first columns of a run's lines.
  private func columns(_ file: String, _ separator: Character, _ count: Int) throws -> [String] {
    try folder.text(file).split(separator: "\n").map {
      $0.split(separator: separator).prefix(count).joined(separator: " ")
    }
  }

  @Test func aPassagesOwnTextFindsIt() throws {
    let result = try run(
      "search --index index \(Self.model) --queries q.tsv --k 1 --out run --json"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      try columns("run", " ", 4) == ["q41 Q0 doc-41 1", "q3 Q0 doc-3 1", "q17 Q0 doc-17 1"]
    )
    let phases = try #require(try result.json()["phases"] as? [String: Double])
    #expect(phases.keys.sorted() == ["encode", "read", "search", "tokenize", "write"])
  }

  @Test func aVectorSetIsSearchedLikeItsIndex() throws {
    let options = "\(Self.model) --queries q.tsv --depth 20 --out"
    #expect(try run("search --index index \(options) index.trec").code == 0)
    let result = try run("search --vectors base \(options) exact.trec")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try folder.text("index.trec") == folder.text("exact.trec"))
    #expect(try columns("exact.trec", " ", 1).count == 60)
  }

  @Test func msMarcoRunsHaveThreeColumns() throws {
    let result = try run(
      "search --index index \(Self.model) --queries q.tsv --k 2 --format msmarco --out run.tsv"
    )
    #expect(result.code == 0, "\(result.errors)")
    let lines = try columns("run.tsv", "\t", 9)
    #expect(lines.count == 6)
    #expect(lines[0] == "q41 doc-41 1")
    #expect(lines[1].hasSuffix(" 2"))
  }

  @Test func typedQueriesAreAnsweredWithTexts() throws {
    let result = try NeedleCommand.shell(
      "printf 'title 5 w5x y5z\\n\\ntitle 9\\r\\n' | \"$needle\" search --index index \(Self.model) "
        + "--interactive --corpus corpus.tsv --k 2",
      in: folder
    )
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 8, "two queries, two answers each, two lines of times")
    #expect(lines.first == "title 5 w5x y5z")
    #expect(lines[1].hasPrefix("1. ") && lines[1].contains("  doc-5  title 5 w5x y5z"))
    #expect(lines[4] == "title 9")
  }

  @Test func badRequestsAreRefused() throws {
    let start = "search --index index --out run"
    expectFailure(try run("search --queries q.tsv --out run"), .usage, "--index or --vectors")
    expectFailure(try run(start + " --vectors base --queries q.tsv"), .usage, "only one of them")
    expectFailure(try run(start), .usage, "give --queries as well")
    expectFailure(try run(start + " --queries q.tsv --query-columns id,text"), .usage, "--model")
    expectFailure(try run(start + " --queries q.tsv --metric ip"), .usage, "an index knows its own")
    expectFailure(try run(start + " --queries q.tsv --corpus c"), .usage, "--interactive")
    expectFailure(try run(start + " --interactive \(Self.model)"), .usage, "no --queries and --out")
    expectFailure(
      try run("search --vectors base --queries q.tsv --out run --set efSearch=3"),
      .usage,
      "leave --set and --recall out"
    )
    try folder.file("twice.tsv", Array("a\tx\na\ty\n".utf8))
    expectFailure(
      try run(start + " \(Self.model) --queries twice.tsv"),
      .badData,
      "twice.tsv: line 2: the id 'a' stands at line 1 already"
    )
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
  }

  @Test(arguments: ["--index index", "--vectors base"])
  func anotherModelIsRefused(target: String) throws {
    // The same weights with another pooling give other vectors.
    let other = "search \(target) --model model --normalize --device cpu --queries q.tsv --out run"
    let result = try run(other)
    expectFailure(result, .usage, "were encoded by another model, or with other options")
    #expect(result.errors.contains("--any-model"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    #expect(try run(other + " --any-model").code == 0)
    expectFailure(
      try run("search \(target) --queries base --any-model --out run"),
      .usage,
      "--any-model is for queries that are texts"
    )
  }

  @Test func anIndexOfUnknownVectorsIsSearched() throws {
    try FileManager.default.copyItem(
      atPath: folder.path("base/vectors-00000.npy"),
      toPath: folder.path("plain.npy")
    )
    let build = "index build --vectors plain.npy --backend flat --out plain"
    #expect(try run(build).code == 0)
    #expect(try run("search --index plain --model model --queries q.tsv --out run").code == 0)
    #expect(try run("index info plain").output.contains("not known"))
    let known = try run("index info index --json").json()["model"] as? String
    #expect(known?.count == 16)
  }

  @Test func anotherModelsDimensionIsRefused() throws {
    let vectors = seededVectors(count: 20, dimension: 8, seed: 1)
    let index = try buildIndex(over: vectors, "flat", metric: .innerProduct)
    try index.save(to: folder.path("other"))
    expectFailure(
      try run("search --index other \(Self.model) --queries q.tsv --out run"),
      .usage,
      "the model's vectors have dimension 32, but other has dimension 8"
    )
  }
}
