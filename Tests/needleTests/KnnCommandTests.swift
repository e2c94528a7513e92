import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct KnnCommandTests {
  private func knn(
    _ vectors: String,
    _ out: String,
    _ more: String...
  ) throws -> CommandResult {
    let line = ["knn", "--vectors", vectors, "--out", out].map { "'\($0)'" } + more
    return try NeedleCommand.shell(
      "\"$needle\" \(line.joined(separator: " "))",
      in: TemporaryFolder()
    )
  }

  @Test(arguments: Metric.allCases)
  func exactGraphsEqualTheLibrarys(_ metric: Metric) throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.fvecs", count: 300)
    let graph = try nearestNeighborGraph(
      of: seededVectors(count: 300, dimension: 8, seed: 1),
      k: 7,
      metric: metric,
      by: .exact,
      scores: true
    )
    for (rows, scores) in [("g.ivecs", "s.fvecs"), ("g.npy", "s.npy"), ("g.ibin", "s.fbin")] {
      let result = try knn(
        vectors,
        folder.path(rows),
        "--exact --k 7 --metric \(metric.rawValue) --distances '\(folder.path(scores))'"
      )
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains("the 7 nearest others of 300 vectors, \(metric.rawValue)"))
      let found = try IntegerRows.open(folder.path(rows))
      #expect(found.columns == 7)
      #expect(found.values == (0..<300).flatMap { graph[$0] }.map { Int($0) })
      let values = try FloatRows.open(folder.path(scores)).values
      let expected = try #require(graph.scores)
      #expect(values == (0..<expected.count).map { expected[$0] })
    }
  }

  @Test func theReportSaysWhatWasDone() throws {
    let folder = try TemporaryFolder()
    let base = RealVectors.base
    let tuned = try knn(
      base,
      folder.path("a.ivecs"),
      "--metric cosine --recall 0.9 --threads 2 --json"
    )
    #expect(tuned.code == 0, "\(tuned.errors)")
    let report = try tuned.json()
    #expect(report["count"] as? Int == 4_000)
    #expect(report["k"] as? Int == 10)
    #expect(report["exact"] as? Bool == false)
    #expect((report["spec"] as? String)?.hasPrefix("ivf:nlist=") == true)
    let margin = try #require((report["parameters"] as? [String: Any])?["margin"] as? Double)
    #expect(0.25 < margin && margin < 8)
    for name in ["build_s", "tune_s", "search_s", "neighbors_per_s"] {
      #expect(try #require(report[name] as? Double) > 0, "\(name)")
    }
    // The margin that was found gives the same graph, for any number of threads.
    let set = try knn(
      base,
      folder.path("b.ivecs"),
      "--metric cosine --set margin=\(margin) --threads 5"
    )
    #expect(set.code == 0, "\(set.errors)")
    #expect(set.output.contains("margin=\(margin)"))
    #expect(try folder.bytes("a.ivecs") == folder.bytes("b.ivecs"))
    #expect(try folder.names() == ["a.ivecs", "b.ivecs"])
  }

  @Test func badRequests() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 30)
    let out = folder.path("g.ivecs")
    for k in ["30", "31", "9000000000"] {
      expectFailure(try knn(vectors, out, "--k \(k)"), .usage, vectors, "k=\(k)", "1 to 29")
    }
    expectFailure(try knn(vectors, out, "--k 0"), .usage, "--k 0", "at least 1")
    expectFailure(try knn(vectors, out, "--threads 0"), .usage, "--threads 0")
    expectFailure(try knn(vectors, out, "--recall 1"), .usage, "recall")
    expectFailure(try knn(vectors, out, "--recall 0.99"), .usage, "0.99", "exact")
    expectFailure(try knn(vectors, out, "--set efSearch=3"), .usage, "efSearch", "margin")
    expectFailure(try knn(vectors, out, "--set margin"), .usage, "name=value")
    expectFailure(try knn(vectors, out, "--device cuda"), .usage, "--device cuda", "--exact")
    let absent = try knn(vectors, out, "--exact --device cuda:99")
    #expect(absent.code != 0 && absent.errors.contains("torch: "), "\(absent.errors)")
    for pair in ["--exact --recall 0.9", "--exact --set margin=1", "--recall 0.9 --set margin=1"] {
      expectFailure(try knn(vectors, out, pair), .usage, "exclude each other")
    }
    expectFailure(try knn(folder.path("no.npy"), out), .missingInput, "no.npy")
    expectFailure(try knn(vectors, folder.path("g.xyz")), .usage, "g.xyz", ".ivecs")
    expectFailure(try knn(vectors, folder.path("g.fvecs")), .usage, "g.fvecs", "i32")
    expectFailure(try knn(vectors, out, "--distances '\(out)'"), .usage, "--distances", "--out")
    expectFailure(try knn(vectors, vectors), .usage, "--out", "--vectors")
    expectFailure(
      try knn(vectors, out, "--distances '\(vectors)'"),
      .usage,
      "--distances",
      "--vectors"
    )
    expectFailure(try knn(vectors, folder.path("no/g.ivecs")), .inputOutput, "no/g.ivecs")
    #expect(try folder.names() == ["base.npy"])
  }

  @Test(arguments: ["", "--exact", "--recall 0.3"])
  func badVectors(_ method: String) throws {
    let folder = try TemporaryFolder()
    let out = folder.path("g.ivecs")
    var values = seededValues(count: 40, dimension: 4, seed: 1)
    for column in 0..<4 { values[4 * 3 + column] = 0 }
    let zero = try folder.vectors("zero.npy", values, dimension: 4)
    expectFailure(
      try knn(zero, out, method, "--metric cosine"),
      .badData,
      zero,
      "row 3",
      "--metric ip or l2"
    )
    #expect(try knn(zero, folder.path("l2.ivecs"), method, "--metric l2").code == 0)
    values[4 * 6 + 2] = .nan
    let nan = try folder.vectors("nan.npy", values, dimension: 4)
    for metric in ["ip", "cosine", "l2"] {
      let result = try knn(nan, out, method, "--metric \(metric)")
      expectFailure(result, .badData, nan, metric == "cosine" ? "row" : "row 6, column 2")
    }
    let one = try folder.vectors("one.npy", count: 1)
    expectFailure(try knn(one, out, method, "--k 1"), .badData, one, "at least 2")
    let none = try folder.vectors("none.npy", [], dimension: 4)
    expectFailure(try knn(none, out, method), .badData, none, "no vectors")
    #expect(try folder.names() == ["l2.ivecs", "nan.npy", "none.npy", "one.npy", "zero.npy"])
  }

  @Test func aFullDiskLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let line = """
      ulimit -f 100; "$needle" knn --vectors '\(RealVectors.base)' --k 20 --out graph.ivecs
      """
    expectFailure(try NeedleCommand.shell(line, in: folder), .inputOutput, "graph.ivecs")
    #expect(try folder.names().isEmpty)
  }
}
