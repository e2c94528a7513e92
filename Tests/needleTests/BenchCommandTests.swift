import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct BenchCommandTests {
  private func records(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func measuresEveryBackend() throws {
    let folder = try TemporaryFolder()
    let result = try NeedleCommand.run(
      ["bench"],
      [
        "--vectors": RealVectors.base, "--hold-out": "50", "--metric": "cosine", "--k": "10",
        "--out": folder.path("report"), "--rounds": "1", "--budget": "0.02", "--commit": "abc",
      ]
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains(folder.path("report") + "/report.html"))
    let written = try FileManager.default.contentsOfDirectory(atPath: folder.path("report"))
    #expect(written.sorted() == ["report.html", "results.jsonl"])
    let records = try records(folder.text("report/results.jsonl"))
    for backend in backends {
      #expect(result.output.contains(backend.name))
      let own = records.filter { $0["backend"] as? String == backend.name }
      let sweep = backend.searchParameters.first { !$0.sweep.isEmpty }?.sweep.count ?? 1
      #expect((1...sweep).contains(own.count), "\(backend.name)")
      for record in own {
        #expect(record["count"] as? Int == 3_950)
        #expect(record["k"] as? Int == 10)
        #expect(record["metric"] as? String == "cosine")
        #expect(record["seed"] as? Int == 42)
        #expect(record["commit"] as? String == "abc")
        #expect(try #require(record["qps"] as? Double) > 0)
        #expect((0...1).contains(try #require(record["recall_at_k"] as? Double)))
        #expect(try #require(record["index_bytes"] as? Int) > 0)
      }
    }
    let exact = records.filter { $0["backend"] as? String == "flat" }
    #expect(exact.map { $0["recall_at_k"] as? Double } == [1])
    #expect(try folder.text("report/report.html").contains("<svg"))
  }

  @Test func takesQueriesTruthAndSweep() throws {
    let folder = try TemporaryFolder()
    let truth = folder.path("truth.ivecs")
    let made = try NeedleCommand.run(
      ["ground-truth"],
      [
        "--vectors": RealVectors.base, "--queries": RealVectors.queries, "--k": "20",
        "--metric": "l2", "--out": truth,
      ]
    )
    #expect(made.code == 0, "\(made.errors)")
    let result = try NeedleCommand.run(
      ["bench"],
      [
        "--vectors": RealVectors.base, "--queries": RealVectors.queries, "--metric": "l2",
        "--ground-truth": truth, "--backend": "hnsw:M=8,efConstruction=40",
        "--sweep": "efSearch=10,80", "--out": folder.path("report"), "--rounds": "1",
        "--budget": "0.02", "--dataset": "GloVe", "--threads": "2",
      ],
      "--json",
      "--in-memory"
    )
    #expect(result.code == 0, "\(result.errors)")
    let records = try records(result.output)
    #expect(records.count == 2)
    #expect(records.map { $0["dataset"] as? String } == ["GloVe", "GloVe"])
    let recalls = records.compactMap { $0["recall_at_k"] as? Double }
    #expect(recalls.count == 2 && recalls[0] < recalls[1] && recalls[1] > 0.9)
    #expect(try folder.text("report/results.jsonl") == result.output)
  }

  @Test func anHDF5FileBringsItsQueries() throws {
    let folder = try TemporaryFolder()
    let result = try NeedleCommand.run(
      ["bench"],
      [
        "--vectors": RealVectors.folder + "/vectors.hdf5", "--metric": "l2", "--k": "2",
        "--backend": "flat", "--rounds": "1", "--budget": "0.01", "--out": folder.path("report"),
      ],
      "--json"
    )
    #expect(result.code == 0, "\(result.errors)")
    let record = try #require(try records(result.output).first)
    #expect(record["count"] as? Int == 7)
    #expect(record["queries"] as? Int == 3)
    #expect(record["recall_at_k"] as? Double == 1)
  }

  @Test func wrongGroundTruthIsFound() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 200)
    let queries = try folder.vectors("queries.npy", count: 20, seed: 2)
    func bench(_ truth: IntegerRows) throws -> CommandResult {
      try truth.write(to: folder.path("truth.ivecs"))
      return try NeedleCommand.run(
        ["bench"],
        [
          "--vectors": vectors, "--queries": queries, "--backend": "flat", "--k": "2",
          "--ground-truth": folder.path("truth.ivecs"), "--out": folder.path("report"),
        ]
      )
    }
    let far = IntegerRows((0..<40).map { $0 }, columns: 2)
    expectFailure(try bench(far), .badData, "truth.ivecs")
    let outside = IntegerRows((0..<40).map { $0 + 190 }, columns: 2)
    expectFailure(try bench(outside), .badData, "truth.ivecs", "0..<200")
    let few = IntegerRows([1, 2], columns: 2)
    expectFailure(try bench(few), .badData, "truth.ivecs")
    let narrow = IntegerRows((0..<20).map { $0 }, columns: 1)
    expectFailure(try bench(narrow), .badData, "truth.ivecs")
    #expect(try folder.names() == ["base.npy", "queries.npy", "truth.ivecs"])
  }

  @Test func badRequests() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 30)
    let long = try folder.vectors("long.npy", count: 3, dimension: 9)
    func bench(_ more: String...) throws -> CommandResult {
      let line =
        ["\"$needle\" bench --vectors \(vectors) --out report"] + more
      return try NeedleCommand.shell(line.joined(separator: " "), in: folder)
    }
    expectFailure(try bench(), .usage, "--queries FILE or --hold-out N")
    expectFailure(try bench("--hold-out 30"), .usage, "hold out fewer")
    expectFailure(try bench("--hold-out 0"), .usage, "--hold-out 0")
    expectFailure(try bench("--hold-out 3 --queries", long), .usage, "exclude each other")
    expectFailure(try bench("--queries", long), .badData, long, vectors, "dimension 9")
    expectFailure(try bench("--hold-out 3 --k 0"), .usage, "--k 0")
    expectFailure(try bench("--hold-out 3 --k 28"), .usage, "27 vectors")
    expectFailure(try bench("--hold-out 3 --backend nothing"), .usage, "no backend 'nothing'")
    expectFailure(try bench("--hold-out 3 --backend hnsw:x=1"), .usage, "'x'")
    expectFailure(try bench("--hold-out 3 --sweep x=1"), .usage, "'x'")
    expectFailure(try bench("--hold-out 3 --sweep efSearch"), .usage, "--sweep efSearch=")
    expectFailure(try bench("--hold-out 3 --sweep efSearch=0"), .usage, "efSearch=0")
    expectFailure(try bench("--hold-out 3 --budget 0"), .usage, "--budget")
    expectFailure(try bench("--hold-out 3 --out base.npy"), .inputOutput, "base.npy", "folder")
    #expect(try folder.names() == ["base.npy", "long.npy"])
  }
}
