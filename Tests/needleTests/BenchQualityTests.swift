import Foundation
import IndexStore
import Needletail
import TestSupport
import Testing

/// `needle bench --qrels`: what an index costs in retrieval quality.
@Suite struct BenchQualityTests {
  /// Vectors, queries, and judgments that call the true nearest neighbor of each query relevant.
  private func files(named: Bool = false) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.vectors("base.npy", count: 3_000)
    _ = try folder.vectors("queries.npy", count: 80, seed: 2)
    let line = """
      "$needle" ground-truth --vectors base.npy --queries queries.npy --metric l2 --k 1 \
        --out truth.ivecs > log
      """
    #expect(try NeedleCommand.shell(line, in: folder).code == 0)
    let truth = try IntegerRows.open(folder.path("truth.ivecs"), within: 0..<3_000)
    let judged = (0..<80).map { query in
      named ? "q\(query) 0 d\(truth.values[query]) 1\n" : "\(query) 0 \(truth.values[query]) 1\n"
    }
    try folder.file("qrels", Array((judged.joined() + "extra 0 1 1\n").utf8))
    try folder.file("q.txt", Array((0..<80).map { "q\($0)\n" }.joined().utf8))
    try folder.file("d.txt", Array((0..<3_000).map { "d\($0)\n" }.joined().utf8))
    return folder
  }

  private func bench(_ options: String, in folder: TemporaryFolder) throws -> CommandResult {
    let line = """
      "$needle" bench --vectors base.npy --queries queries.npy --metric l2 --backend flat \
        --backend ivf --sweep nprobe=1,500 --rounds 1 --budget 0.01 --out report \(options)
      """
    return try NeedleCommand.shell(line, in: folder)
  }

  /// Writes a folder of the vectors of a file, with a word for each.
  private func write(_ file: String, names: String, in folder: TemporaryFolder) throws {
    let set = try VectorSet.open(folder.path(file))
    let path = folder.path(names)
    let manifest = VectorSetManifest(
      dimension: set.dimension,
      element: .float32,
      shardRows: 1_000,
      slice: nil,
      settings: []
    )
    let writer = try VectorSetWriter(path, continuing: manifest)
    let values = try set.allRows(preparedFor: .innerProduct)
    try writer.append(values.span, ids: (0..<set.count).map { "\(names)\($0)" })
    try writer.finish()
  }

  @Test func foldersHaveTheirOwnIDs() throws {
    let folder = try files(named: true)
    try write("base.npy", names: "d", in: folder)
    try write("queries.npy", names: "q", in: folder)
    let line = """
      "$needle" bench --vectors d --queries q --metric l2 --backend flat --rounds 1 \
        --budget 0.01 --out report --qrels qrels --json
      """
    let result = try NeedleCommand.shell(line, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let record = try result.json()
    #expect(abs(try #require(record["mrr_10"] as? Double) - 80.0 / 81) < 1e-12)
  }

  @Test(arguments: [false, true])
  func showsTheMeasureBesideRecall(named: Bool) throws {
    let folder = try files(named: named)
    let ids = named ? "--query-ids q.txt --doc-ids d.txt" : ""
    let result = try bench("--qrels qrels --json \(ids)", in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let records = try result.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    // The nearest neighbor comes first for 80 queries, and one judged query is not asked.
    let exact = 80.0 / 81
    for record in records {
      #expect(abs(try #require(record["mrr_10_exact"] as? Double) - exact) < 1e-12)
    }
    let flat = try #require(records.first { $0["backend"] as? String == "flat" })
    #expect(abs(try #require(flat["mrr_10"] as? Double) - exact) < 1e-12)
    let fast = try #require(
      records.first {
        ($0["set"] as? String)?.hasPrefix("nprobe=1,") ?? false
          || $0["set"] as? String == "nprobe=1"
      }
    )
    let recall = try #require(fast["recall_at_k"] as? Double)
    #expect(recall < 1)
    #expect(try #require(fast["mrr_10"] as? Double) < exact)
    let page = try folder.text("report/report.html")
    #expect(page.contains("What an index costs in mrr_10"))
    #expect(page.contains("exact search 0.9877"))
  }

  @Test func theTableHasItsColumn() throws {
    let folder = try files()
    let result = try bench("--qrels qrels --measure success.5", in: folder)
    #expect(result.output.contains("exact search has success_5 0.9877\n"))
    let head = result.output.split(separator: "\n").first { $0.hasPrefix("index  setting") }
    #expect(head?.contains("recall@10  success_5") == true)
  }

  @Test func whatIsWrongIsOneLine() throws {
    let folder = try files()
    expectFailure(try bench("--qrels none", in: folder), .missingInput, "none")
    expectFailure(try bench("--qrels qrels --k 5", in: folder), .usage, "mrr_10", "--k 10")
    expectFailure(
      try bench("--qrels qrels --measure num_ret", in: folder),
      .usage,
      "num_ret",
      "not one mean"
    )
    expectFailure(try bench("--qrels qrels --measure P", in: folder), .usage, "not one mean")
    expectFailure(try bench("--qrels qrels --measure x", in: folder), .usage, "'x'")
    expectFailure(try bench("--measure P.5", in: folder), .usage, "--measure needs judgments")
    expectFailure(try bench("--doc-ids d.txt", in: folder), .usage, "--doc-ids needs judgments")
    expectFailure(
      try bench("--qrels qrels --query-ids d.txt", in: folder),
      .badData,
      "d.txt",
      "80 queries"
    )
    let held = """
      "$needle" bench --vectors base.npy --hold-out 10 --qrels qrels --out report
      """
    expectFailure(try NeedleCommand.shell(held, in: folder), .usage, "--hold-out")
  }
}
