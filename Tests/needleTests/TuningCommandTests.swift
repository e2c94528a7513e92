import Foundation
import Needletail
import TestSupport
import Testing

/// Building for a recall and searching with one, with the real binary.
@Suite struct TuningCommandTests {
  private func build(
    _ folder: TemporaryFolder,
    _ more: String,
    vectors: String = RealVectors.base,
    backend: String = "hnsw"
  ) throws -> CommandResult {
    let line =
      "\"$needle\" index build --vectors \(vectors) --backend \(backend) --metric cosine "
      + "--out index "
    return try NeedleCommand.shell(line + more, in: folder)
  }

  private func search(_ folder: TemporaryFolder, _ more: String) throws -> CommandResult {
    let line =
      "\"$needle\" search --index index --queries \(RealVectors.queries) --out found.ivecs "
    return try NeedleCommand.shell(line + more, in: folder)
  }

  private func setting(_ folder: TemporaryFolder, _ more: String) throws -> Int {
    let result = try search(folder, more + " --json")
    #expect(result.code == 0, "\(result.errors)")
    let parameters = try #require(try result.json()["parameters"] as? [String: Any])
    return try #require(parameters["efSearch"] as? Int)
  }

  @Test func buildsSearchesAndShows() throws {
    let folder = try TemporaryFolder()
    let options = "--recall 0.95 --recall-k 10,100 --tuning-queries \(RealVectors.queries)"
    let built = try build(folder, options)
    #expect(built.code == 0 && built.errors.isEmpty, "\(built.errors)")
    for part in ["tuned with 200 queries", "recall@10: efSearch=", "recall@100: efSearch="] {
      #expect(built.output.contains(part), "\(built.output)")
    }
    #expect(try NeedleCommand.shell("\"$needle\" index verify index", in: folder).code == 0)

    let info = try NeedleCommand.shell("\"$needle\" index info index", in: folder)
    for part in ["recall-curve", "tuned with 200 queries", "efSearch  recall  at least"] {
      #expect(info.output.contains(part), "\(info.output)")
    }
    let shown = try NeedleCommand.shell("\"$needle\" index info index --json", in: folder)
    let curve = try #require(try shown.json()["recall_curve"] as? [String: Any])
    #expect(curve["parameter"] as? String == "efSearch")
    #expect(curve["target"] as? Double == 0.95)
    #expect(curve["query_source"] as? String == "given")
    let tables = try #require(curve["tables"] as? [[String: Any]])
    #expect(tables.map { $0["k"] as? Int } == [10, 100])
    let points = try #require(tables[0]["points"] as? [[String: Any]])
    let sweep = try Needletail.backend(named: "hnsw").searchParameters[0].sweep
    #expect(points.map { $0["value"] as? Int } == sweep.map { $0.number.map { Int($0) } })

    // What a search uses is what the curve says.
    let chosen = try #require(tables[0]["setting"] as? Int)
    #expect(try setting(folder, "") == chosen)
    #expect(try setting(folder, "--recall 0.95") == chosen)
    #expect(try setting(folder, "--k 10 --recall 0.9") < chosen)
    #expect(try setting(folder, "--set efSearch=77") == 77)
    #expect(try setting(folder, "--set recall=0.95") == chosen)
    #expect(try setting(folder, "--k 100") == tables[1]["setting"] as? Int)
    #expect(try setting(folder, "--k 11") == tables[1]["setting"] as? Int)

    #expect(try search(folder, "--out found.ivecs").code == 0)
    let truth = try buildIndex(
      over: VectorSet.open(RealVectors.base),
      "flat",
      metric: .cosine
    ).search(VectorSet.open(RealVectors.queries, role: .queries), k: 10)
    let rows = try IntegerRows.open(folder.path("found.ivecs"))
    let hits = (0..<200).reduce(0) { sum, query in
      sum + Set(rows[query]).intersection(truth[query].map { Int($0.id) }).count
    }
    #expect(hits >= 1_900)
  }

  @Test func samplesTheVectorsWhereNoQueriesAreGiven() throws {
    let folder = try TemporaryFolder()
    let heldOut = try build(folder, "--recall 0.97")
    #expect(heldOut.code == 0 && heldOut.errors.isEmpty, "\(heldOut.errors)")
    #expect(heldOut.output.contains("tuned with 400 of the vectors, held out of a second index"))
    let careful = try setting(folder, "")
    let left = try build(folder, "--recall 0.97 --leave-one-out --json")
    #expect(left.code == 0 && left.errors.isEmpty, "\(left.errors)")
    let curve = try #require(try left.json()["recall_curve"] as? [String: Any])
    #expect(curve["query_source"] as? String == "leave-one-out")
    #expect(try setting(folder, "") < careful)
  }

  @Test func wishesThatCannotBeMet() throws {
    let folder = try TemporaryFolder()
    #expect(try build(folder, "--recall 0.9 --tuning-queries \(RealVectors.queries)").code == 0)
    for (options, parts) in [
      ("--k 11", ["k up to 10", "--recall-k 11"]),
      ("--recall 0.9999", ["0.9999", "efSearch="]),
      ("--recall 0.99", ["200 queries", "at least 299"]),
      ("--recall 0.9 --set efSearch=9", ["recall and efSearch exclude"]),
      ("--recall 0.9 --set recall=0.9", ["--set recall"]),
      ("--recall 1.5", ["recall=1.5"]), ("--recall 0", ["recall=0"]),
      ("--set recall=much", ["recall=much"]),
    ] {
      let result = try search(folder, options)
      expectFailure(result, .usage)
      for part in parts { expectFailure(result, .usage, part) }
    }
    #expect(try build(folder, "").code == 0)
    expectFailure(try search(folder, "--recall 0.9"), .usage, "build it again with --recall")
    #expect(try folder.names() == ["index"])
  }

  @Test func aRecallOutOfReachIsAWarning() throws {
    let folder = try TemporaryFolder()
    let built = try build(folder, "--recall 0.95", backend: "faiss-ivfpq:nlist=32,m=10")
    #expect(built.code == 0)
    #expect(built.failures.count == 1)
    for part in ["warning: no setting reaches recall 0.95 at k=10: nprobe=", "ask for less"] {
      #expect(built.errors.contains(part), "\(built.errors)")
    }
    #expect(built.output.contains("recall@10: no setting reaches 0.95"))
    #expect(try search(folder, "").code == 0)
    expectFailure(try search(folder, "--recall 0.95"), .usage, "no setting reaches recall 0.95")
  }

  @Test func oneVectorHasNoCurve() throws {
    let folder = try TemporaryFolder()
    let one = try folder.vectors("one.npy", count: 1)
    let built = try build(folder, "--recall 0.9", vectors: one)
    #expect(built.code == 0)
    #expect(built.errors.contains("warning: not tuned"))
    let info = try NeedleCommand.shell("\"$needle\" index info index --json", in: folder)
    #expect(try info.json()["recall_curve"] is NSNull)
    let two = try folder.vectors("two.npy", count: 2)
    #expect(try build(folder, "--recall 0.9", vectors: two).code == 0)
    let queries = try folder.vectors("queries.npy", count: 3)
    let found = try NeedleCommand.shell(
      "\"$needle\" search --index index --queries \(queries) --k 2 --out found",
      in: folder
    )
    #expect(found.code == 0, "\(found.errors)")
  }

  @Test func optionsThatMakeNoSense() throws {
    let folder = try TemporaryFolder()
    let short = try folder.vectors("short.npy", count: 3, dimension: 9)
    var values = seededValues(count: 3, dimension: 50, seed: 1)
    values[77] = .nan
    let broken = try folder.vectors("broken.npy", values, dimension: 50)
    for (options, kind, part) in [
      ("--recall 1", FailureKind.usage, "--recall 1"), ("--recall 0", .usage, "--recall 0"),
      ("--recall high", .usage, "high"), ("--recall-k 10", .usage, "--recall-k goes with"),
      ("--tuning-queries \(short)", .usage, "--tuning-queries goes with"),
      ("--leave-one-out", .usage, "--leave-one-out goes with"),
      ("--recall 0.9 --leave-one-out --tuning-queries x", .usage, "exclude"),
      ("--recall 0.9 --recall-k 10,", .usage, "--recall-k 10,"),
      ("--recall 0.9 --recall-k 0", .usage, "--recall-k 0"),
      ("--recall 0.9 --tuning-queries missing.npy", .missingInput, "missing.npy"),
      ("--recall 0.9 --tuning-queries \(short)", .badData, "dimension 9"),
      ("--recall 0.9 --tuning-queries \(broken)", .badData, "row 1, column 27"),
      ("--recall 0.9 --tuning-queries index", .usage, "--tuning-queries"),
    ] as [(String, FailureKind, String)] {
      expectFailure(try build(folder, options), kind, part)
    }
    for name in ["flat", "faiss-flat"] {
      let result = try build(folder, "--recall 0.9", backend: name)
      expectFailure(result, .usage, name, "leave the recall out")
    }
    #expect(try folder.names() == ["broken.npy", "short.npy"])
  }
}
