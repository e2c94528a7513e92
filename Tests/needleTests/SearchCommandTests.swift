import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct SearchCommandTests {
  private func search(
    _ folder: TemporaryFolder,
    _ index: String,
    queries: String,
    out: String,
    _ more: String...
  ) throws -> CommandResult {
    let options = [
      "--index", index, "--queries", queries, "--out", folder.path(out), "--k", "3",
    ]
    let line = (["\"$needle\" search"] + options + more).joined(separator: " ")
    return try NeedleCommand.shell(line, in: folder)
  }

  /// What the library finds for the same queries.
  private func expected(_ index: String, _ queries: String) throws -> SearchResults {
    try openIndex(index).search(VectorSet.open(queries, role: .queries), k: 3)
  }

  @Test(arguments: Metric.allCases)
  func aTRECRun(_ metric: Metric) throws {
    let folder = try TemporaryFolder()
    let index = try folder.index(metric: metric)
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let result = try search(folder, index, queries: queries, out: "run.trec")
    #expect(result.code == 0, "\(result.errors)")
    let found = try expected(index, queries)
    let lines = try folder.text("run.trec").split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.count == 12)
    for (place, line) in lines.enumerated() {
      let neighbor = found[place / 3][place % 3]
      #expect(line[0] == "\(place / 3)")
      #expect(line[1] == "Q0")
      #expect(line[2] == "\(neighbor.id)")
      #expect(line[3] == "\(place % 3 + 1)")
      let score = try #require(Float(line[4]))
      #expect(score == (metric == .squaredL2 ? -neighbor.score : neighbor.score))
      #expect(line[5] == "needle")
    }
    // Larger is better for every metric, as trec_eval expects.
    for query in 0..<4 {
      let scores = lines[query * 3..<query * 3 + 3].compactMap { Float($0[4]) }
      #expect(scores == scores.sorted(by: >))
    }
  }

  @Test func namesOfQueriesAndTag() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 2, seed: 2)
    try folder.file("names", Array("q-1\r\nq-2\r\n".utf8))
    let result = try search(
      folder,
      index,
      queries: queries,
      out: "run",
      "--query-ids names --tag mine"
    )
    #expect(result.code == 0, "\(result.errors)")
    let lines = try folder.text("run").split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ")[0] } == ["q-1", "q-1", "q-1", "q-2", "q-2", "q-2"]
    )
    #expect(lines.allSatisfy { $0.hasSuffix(" mine") })
  }

  @Test(arguments: ["one", "one\ntwo words", "one\none", "one\n\n", "one\ntwo\nthree"])
  func badNamesOfQueries(_ names: String) throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 2, seed: 2)
    try folder.file("names", Array(names.utf8))
    let result = try search(folder, index, queries: queries, out: "run", "--query-ids names")
    expectFailure(result, .badData, "names")
    #expect(try folder.names() == ["index", "names", "queries.npy"])
  }

  @Test func ivecs() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let result = try search(folder, index, queries: queries, out: "found.ivecs")
    #expect(result.code == 0, "\(result.errors)")
    let rows = try IntegerRows.open(folder.path("found.ivecs"))
    let found = try expected(index, queries)
    #expect(rows.columns == 3)
    #expect(rows.values == found.ids.map { Int($0) })
  }

  @Test func ivecsHoldOnlySmallIDs() throws {
    let folder = try TemporaryFolder()
    let ids = try VectorIDs((0..<60).map { UInt64(1) << 40 + $0 })
    let set = VectorSet(seededVectors(count: 60, dimension: 8, seed: 1).source, ids: ids)
    try buildIndex(over: set, "flat", metric: .cosine).save(to: folder.path("index"))
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let result = try search(folder, folder.path("index"), queries: queries, out: "found.ivecs")
    expectFailure(result, .badData, "found.ivecs", "--format trec or jsonl")
    #expect(try folder.names() == ["index", "queries.npy"])
  }

  @Test func jsonLines() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let result = try search(folder, index, queries: queries, out: "found.jsonl", "--json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["queries"] as? Int == 4)
    let found = try expected(index, queries)
    let lines = try folder.text("found.jsonl").split(separator: "\n")
    #expect(lines.count == 4)
    for (query, line) in lines.enumerated() {
      let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let object = try #require(parsed as? [String: Any])
      #expect(object["query"] as? Int == query)
      #expect(object["ids"] as? [UInt64] == found[query].map(\.id))
      #expect((object["scores"] as? [Double])?.map { Float($0) } == found[query].map(\.score))
    }
  }

  @Test func searchParametersReachTheIndex() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "hnsw:M=4,efConstruction=10", count: 2_000)
    let queries = try folder.vectors("queries.npy", count: 50, seed: 2)
    let truth = try buildIndex(
      over: seededVectors(count: 2_000, dimension: 8, seed: 1),
      "flat",
      metric: .cosine
    ).search(VectorSet.open(queries), k: 3)
    var hits: [Int] = []
    for width in ["1", "500"] {
      let out = "found\(width).ivecs"
      let set = "--set efSearch=\(width) --threads 2"
      #expect(try search(folder, index, queries: queries, out: out, set).code == 0)
      let rows = try IntegerRows.open(folder.path(out))
      hits.append(
        (0..<50).reduce(0) { sum, query in
          sum + Set(rows[query]).intersection(truth[query].map { Int($0.id) }).count
        }
      )
    }
    #expect(hits[0] < hits[1])
    #expect(hits[1] >= 149)
  }

  @Test(arguments: ["flat", "hnsw:M=4,efConstruction=20", "faiss-ivfpq:nlist=4,m=2,nbits=4"])
  func theBatchChangesNoResult(_ specification: String) throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", specification, count: 400)
    let queries = try folder.vectors("queries.npy", count: 2_100, seed: 2)
    let whole = try search(folder, index, queries: queries, out: "whole", "--json")
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(try whole.json()["batch"] as? Int == 4_096)
    for batch in [1, 3, 1_000, 1_024, 2_099, 5_000] {
      let options = "--json --batch \(batch)"
      let result = try search(folder, index, queries: queries, out: "cut", options)
      #expect(result.code == 0, "\(result.errors)")
      #expect(try result.json()["batch"] as? Int == batch)
      #expect(try #require(result.json()["search_s"] as? Double) > 0)
      #expect(try folder.text("cut") == folder.text("whole"), "batch \(batch)")
    }
    let warm = try search(folder, index, queries: queries, out: "warm", "--warm-up 100000")
    #expect(warm.code == 0, "\(warm.errors)")
    #expect(try folder.text("warm") == folder.text("whole"), "warming up changes no answer")
    let none = try search(folder, index, queries: queries, out: "run", "--batch 0")
    expectFailure(none, .usage, "--batch 0", "at least 1")
  }

  @Test func inMemoryFindsTheSame() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "hnsw:M=4,efConstruction=20")
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let mapped = try search(folder, index, queries: queries, out: "mapped.jsonl")
    let loaded = try search(folder, index, queries: queries, out: "loaded.jsonl", "--in-memory")
    #expect(mapped.code == 0 && loaded.code == 0, "\(loaded.errors)")
    #expect(try folder.text("loaded.jsonl") == folder.text("mapped.jsonl"))
    let result = try NeedleCommand.run(
      "search",
      "--vectors",
      queries,
      "--in-memory",
      "--queries",
      queries,
      "--out",
      folder.path("none.jsonl")
    )
    expectFailure(result, .usage, "--in-memory is for --index")
  }

  @Test func cuVSThatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "cuvs-flat")
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let search = "search --index '\(index)' --queries '\(queries)' --out found.jsonl"
    let line = "NEEDLETAIL_CUVS=/missing \"$needle\" \(search)"
    let result = try NeedleCommand.shell(line, in: folder)
    expectFailure(result, .missingInput, "/missing", "pip install libcuvs-cu13 nvidia-cuda-runtime")
    #expect(!FileManager.default.fileExists(atPath: folder.path("found.jsonl")))
  }

  @Test func indexesOnGPUsThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "faiss-flat")
    let graph = try folder.index("graph", "hnsw")
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let refusals: [(String, [String], String)] = [
      (index, ["--index-device", "cuda"], "with the trait FaissGPU"),
      (index, ["--index-device", "cpu"], "device is one GPU: cuda or cuda:0"),
      (graph, ["--index-device", "cuda"], "for indexes of faiss-flat and faiss-ivfpq"),
      (index, ["--gpu-float16"], "--gpu-float16 goes with --index-device"),
      (index, ["--gpu-memory", "1G"], "one of faiss with --index-device"),
    ]
    for (index, more, part) in refusals {
      let out = folder.path("found.jsonl")
      let result = try NeedleCommand.run(
        ["search", "--index", index, "--queries", queries, "--out", out] + more,
        [:]
      )
      expectFailure(result, .usage, part)
      #expect(!FileManager.default.fileExists(atPath: out))
    }
    let vectors = try NeedleCommand.run(
      ["search", "--vectors", queries, "--queries", queries, "--index-device", "cuda"],
      ["--out": folder.path("found.jsonl")]
    )
    expectFailure(vectors, .usage, "--index-device is for --index; give --device for --vectors")
    let build = try NeedleCommand.run(
      ["index", "build", "--vectors", queries, "--backend", "faiss-ivfpq:nlist=1,m=1,nbits=1"],
      ["--device": "cuda", "--out": folder.path("new.needle")]
    )
    expectFailure(build, .usage, "with the trait FaissGPU")
    #expect(!FileManager.default.fileExists(atPath: folder.path("new.needle")))
  }

  @Test func parametersThatDoNotExist() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "hnsw")
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    for (set, part) in [
      ("nprobe=3", "efSearch"), ("efSearch=0", "efSearch=0"), ("x", "name=value"),
    ] {
      let result = try search(folder, index, queries: queries, out: "run", "--set", set)
      expectFailure(result, .usage, part)
    }
    #expect(try folder.names() == ["index", "queries.npy"])
  }

  @Test func kZeroAndKBeyondTheCount() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    for (k, part) in [("0", "at least 1"), ("-1", "--k"), ("61", "60 vectors")] {
      let result = try search(folder, index, queries: queries, out: "run", "--k=\(k)")
      expectFailure(result, .usage, part)
    }
    #expect(try search(folder, index, queries: queries, out: "run", "--k=60").code == 0)
    #expect(try folder.text("run").split(separator: "\n").count == 240)
  }

  @Test func queriesOfAnotherDimension() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 4, dimension: 9)
    let result = try search(folder, index, queries: queries, out: "run")
    expectFailure(result, .badData, queries, index, "dimension 9", "dimension 8")
    #expect(try folder.names() == ["index", "queries.npy"])
  }

  @Test func badQueries() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    var values = seededValues(count: 1_500, dimension: 8, seed: 2)
    values[8 * 1_300 + 5] = .nan
    let queries = try folder.vectors("queries.npy", values, dimension: 8)
    // The first batch of queries is written when the second turns out bad: nothing must be left.
    let result = try search(folder, index, queries: queries, out: "run", "--batch 1024")
    expectFailure(result, .badData, queries, "row 1300, column 5")
    #expect(try folder.names() == ["index", "queries.npy"])
    for column in 0..<8 { values[8 * 1_300 + column] = 0 }
    _ = try folder.vectors("queries.npy", values, dimension: 8)
    let zero = try search(folder, index, queries: queries, out: "run")
    expectFailure(zero, .badData, queries, "row 1300", "all-zero")
  }

  @Test func missingAndDamagedFiles() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let missing = folder.path("missing.npy")
    expectFailure(
      try search(folder, missing, queries: queries, out: "run"),
      .missingInput,
      missing
    )
    expectFailure(try search(folder, index, queries: missing, out: "run"), .missingInput, missing)
    var bytes = try folder.bytes("index")
    bytes[bytes.count - 20] ^= 4
    try folder.file("index", bytes)
    expectFailure(try search(folder, index, queries: queries, out: "run"), .badData, index)
    #expect(try folder.names() == ["index", "queries.npy"])
  }

  @Test func allWithinAThreshold() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index(metric: .squaredL2)
    let queries = try folder.vectors("queries.npy", count: 4, seed: 2)
    let opened = try openIndex(index)
    let set = try VectorSet.open(queries, role: .queries)
    let near = try opened.search(set, k: 8)[0][7].score
    let line = "\"$needle\" search --index '\(index)' --queries '\(queries)' --threshold \(near)"
    let result = try NeedleCommand.shell("\(line) --out all.trec --json", in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["k"] is NSNull)
    let lines = try folder.text("all.trec").split(separator: "\n")
    let values = try set.allRows(preparedFor: .squaredL2)
    let found = try opened.search(values.span, within: near)
    #expect(found.counts[0] == 8)
    #expect(lines.count == found.counts.reduce(0, +))
    let few = try NeedleCommand.shell("\(line) --k 2 --out few.trec", in: folder)
    #expect(few.code == 0, "\(few.errors)")
    #expect(try folder.text("few.trec").split(separator: "\n").count { $0.hasPrefix("0 ") } == 2)
    for wrong in ["--threshold nan --out x", "--threshold 1 --out x.ivecs"] {
      let refused = try NeedleCommand.shell(
        "\"$needle\" search --index '\(index)' --queries '\(queries)' \(wrong)",
        in: folder
      )
      #expect(refused.code == 64, "\(refused.errors)")
    }
  }
}
