import Foundation
import Needletail
import TestSupport
import Testing

/// Graphs that were built elsewhere: `index convert` and `index build --neighbors`.
@Suite struct ConvertCommandTests {
  private static let dimension = 8

  /// A file of `cuvs-cagra` as a GPU would have written it, by an exact graph.
  private struct Cagra: StoredIndex {
    let summary = IndexSummary(
      backend: "cuvs-cagra",
      parameters: ["graph_degree": 12, "intermediate_graph_degree": 24, "build_algo": "auto"],
      metric: .innerProduct,
      count: 300,
      dimension: ConvertCommandTests.dimension,
      seed: 42
    )
    let ids = VectorIDs(unchecked: (0..<300).map { UInt64(1_000 + $0) })

    func store(in writer: inout IndexFileWriter) throws {
      let vectors = ConvertCommandTests.base
      try writer.write("vectors", SharedArray(vectors.allRows(preparedFor: .innerProduct)))
      let graph = try nearestNeighborGraph(
        of: vectors,
        k: 12,
        metric: .innerProduct,
        by: .exact
      )
      writer.attributes["degree"] = 12
      try writer.write("links", graph.rows)
    }

    func nearestRows(
      to queries: Span<Float>,
      k: Int,
      parameters: Parameters,
      threads: Int
    ) throws -> NearestRows { NearestRows(queryCount: 0, k: k) }
  }

  private static let base = seededVectors(count: 300, dimension: dimension, seed: 1)

  private func cagra(in folder: TemporaryFolder) throws -> String {
    let path = folder.path("cagra.needle")
    try IndexFile.write(Cagra(), to: path, compress: false, model: "0123456789abcdef")
    return path
  }

  @Test func aGraphIsConverted() throws {
    let folder = try TemporaryFolder()
    let (source, out) = (try cagra(in: folder), folder.path("hnsw.needle"))
    let command = ["index", "convert", source]
    let result = try NeedleCommand.run(
      command,
      ["--out": out, "--backend": "hnsw:M=8", "--threads": "2"],
      "--json"
    )
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["backend"] as? String == "hnsw" && report["metric"] as? String == "ip")
    #expect((report["phases"] as? [String: Any])?["finding neighbors"] == nil)
    let index = try openIndex(out)
    #expect(index.ids == Cagra().ids && index.summary.model == "0123456789abcdef")
    let queries = seededVectors(count: 30, dimension: Self.dimension, seed: 2)
    let found = try index.search(queries, k: 5, parameters: ["efSearch": 100])
    let exact = try exactIndex(over: Self.base, queries: 1, metric: .innerProduct, threads: 1)
      .search(queries, k: 5)
    #expect(found.ids == exact.ids.map { $0 + 1_000 })
    // The same again, for people, and with fewer threads.
    let again = folder.path("again.needle")
    let text = try NeedleCommand.run(
      command,
      ["--out": again, "--backend": "hnsw:M=8", "--threads": "1"]
    )
    #expect(text.output.contains("hnsw:M=8"), "\(text.output)")
    #expect(try folder.bytes("again.needle") == folder.bytes("hnsw.needle"))
  }

  @Test func aConvertedIndexIsTuned() throws {
    let folder = try TemporaryFolder()
    let result = try NeedleCommand.run(
      ["index", "convert", try cagra(in: folder)],
      ["--out": folder.path("hnsw.needle"), "--recall": "0.9"]
    )
    #expect(result.code == 0, "\(result.errors)")
    let tuned = try #require(try openIndex(folder.path("hnsw.needle")) as? TunedIndex)
    #expect(tuned.curve.target == 0.9 && tuned.curve.parameter == "efSearch")
  }

  @Test func whatCannotBeConvertedIsRefused() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("out.needle")
    let flat = folder.path("flat.needle")
    try buildIndex(over: Self.base, "flat", metric: .innerProduct).save(to: flat)
    let source = try cagra(in: folder)
    let refusals: [([String], FailureKind, String)] = [
      ([flat, "--out", out], .usage, "flat has no graph to convert, cuvs-cagra has"),
      ([source, "--out", out, "--backend", "ivf"], .usage, "ivf is not made of a graph"),
      ([source, "--out", source], .usage, "is the file of the index"),
      ([folder.path("none"), "--out", out], .missingInput, "none"),
      ([source, "--out", out, "--max-memory", "1M"], .usage, "--max-memory allows"),
    ]
    for (arguments, kind, message) in refusals {
      let result = try NeedleCommand.run(["index", "convert"] + arguments, [:])
      expectFailure(result, kind, message)
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }

  @Test(arguments: ["graph.npy", "graph.ivecs", "graph.ibin"])
  func neighborsFromAFileTakeThePlaceOfTheSearch(_ name: String) throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.fvecs", count: 300)
    let (graph, out) = (folder.path(name), folder.path("index.needle"))
    let knn = try NeedleCommand.run(
      ["knn"],
      ["--vectors": vectors, "--k": "20", "--metric": "l2", "--out": graph]
    )
    #expect(knn.code == 0, "\(knn.errors)")
    let built = try NeedleCommand.run(
      ["index", "build"],
      [
        "--vectors": vectors, "--neighbors": graph, "--metric": "l2", "--backend": "hnsw",
        "--out": out,
      ],
      "--json"
    )
    #expect(built.code == 0, "\(built.errors)")
    #expect((try built.json()["phases"] as? [String: Any])?["finding neighbors"] == nil)
    let found = try openIndex(out).search(Self.base, k: 1, parameters: ["efSearch": 50])
    #expect(found.ids == (0..<300).map { $0 })
  }

  @Test func neighborsThatDoNotFitAreRefused() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.fvecs", count: 300)
    func write(_ name: String, _ rows: [Int], columns: Int) throws -> String {
      let writer = try MatrixWriter(folder.path(name), dimension: columns, element: .int32)
      try writer.append(rows.span)
      try writer.finish()
      return folder.path(name)
    }
    let short = try write("short.ivecs", Array(repeating: 0, count: 299), columns: 1)
    let beyond = try write("beyond.ivecs", Array(repeating: 300, count: 300), columns: 1)
    let fits = try write("fits.ivecs", Array(repeating: 0, count: 300), columns: 1)
    let out = folder.path("out.needle")
    let refusals: [([String], FailureKind, String)] = [
      (["--neighbors", short], .badData, "holds neighbors of 299 vectors, but the set has 300"),
      (["--neighbors", beyond], .badData, "row 0, column 0: 300 is not in 0..<300"),
      (["--neighbors", vectors], .badData, "not row numbers"),
      (["--neighbors", fits, "--dedupe", "0.9"], .usage, "--neighbors and --dedupe exclude"),
      (["--neighbors", fits, "--device", "cuda"], .usage, "--neighbors and --device cuda exclude"),
    ]
    for (arguments, kind, message) in refusals {
      let result = try NeedleCommand.run(
        ["index", "build", "--vectors", vectors, "--backend", "hnsw", "--out", out] + arguments,
        [:]
      )
      expectFailure(result, kind, message)
      #expect(!FileManager.default.fileExists(atPath: out))
    }
    let other = try NeedleCommand.run(
      ["index", "build"],
      ["--vectors": vectors, "--backend": "ivf", "--neighbors": fits, "--out": out]
    )
    expectFailure(other, .usage, "--neighbors goes with --backend hnsw")
  }
}
