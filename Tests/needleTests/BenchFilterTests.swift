import Foundation
import Needletail
import TestSupport
import Testing

/// `needle bench --filter`: searches that find only some of the vectors.
@Suite struct BenchFilterTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.vectors("base.npy", count: 12_000)
    _ = try folder.vectors("queries.npy", count: 60, seed: 2)
    let lines = (0..<12_000).map {
      "{\"number\": \($0), \"kind\": \"\($0 % 2 == 0 ? "a" : "b")\"}\n"
    }
    try folder.file("base.jsonl", Array(lines.joined().utf8))
    try folder.file("some.ids", Array((0..<7).map { "\($0)\n" }.joined().utf8))
  }

  private func bench(_ options: String) throws -> CommandResult {
    let line = """
      "$needle" bench --vectors base.npy --queries queries.npy --metric l2 --rounds 1 \
        --budget 0.05 --out report \(options)
      """
    return try NeedleCommand.shell(line, in: folder)
  }

  private func records() throws -> [[String: Any]] {
    try folder.text("report/results.jsonl").split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func recallIsThatOfTheMatches() throws {
    let condition = "kind == 'a' and number >= 6000"
    let result = try bench(
      "--attributes base.jsonl --filter \"\(condition)\" --backend flat --backend hnsw --backend ivf"
        + " --filter-plan search"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("filter \(condition): 3,000 vectors match"))
    let found = try records()
    for record in found {
      #expect(record["filter"] as? String == condition)
      #expect(record["matches"] as? Int == 3_000)
      #expect(record["count"] as? Int == 12_000)
    }
    func ways(_ backend: String) -> Set<String> {
      Set(
        found.filter { $0["backend"] as? String == backend }.compactMap {
          $0["filter_way"] as? String
        }
      )
    }
    #expect(ways("hnsw") == ["walked"])
    #expect(!ways("ivf").isEmpty)
    for backend in ["flat", "hnsw", "ivf"] {
      let recalls = found.filter { $0["backend"] as? String == backend }
        .compactMap { $0["recall_at_k"] as? Double }
      #expect(try #require(recalls.max()) > 0.99, "\(backend)")
    }
    #expect(try folder.text("report/report.html").contains("3,000 vectors match"))
  }

  /// k is more than there are matches.
  @Test func fewMatchesAreScanned() throws {
    let result = try bench("--filter-ids some.ids --backend hnsw --sweep efSearch=16 --k 10")
    #expect(result.code == 0, "\(result.errors)")
    let record = try #require(try records().first)
    #expect(record["filter"] as? String == "ids of some.ids")
    #expect(record["matches"] as? Int == 7)
    #expect(record["k"] as? Int == 7)
    #expect(record["filter_way"] as? String == "scanned")
    #expect(record["recall_at_k"] as? Double == 1)
  }

  @Test func whatCannotBeMeasuredIsSaidBefore() throws {
    expectFailure(
      try bench("--filter \"number > 3\""),
      .usage,
      "base.npy has no attributes to filter by",
      "--attributes"
    )
    expectFailure(try bench("--attributes base.jsonl"), .usage, "--attributes goes with --filter")
    expectFailure(
      try bench("--attributes base.jsonl --filter \"number > 99999\" --backend flat"),
      .usage,
      "number > 99999",
      "no vector of base.npy meets"
    )
    expectFailure(
      try bench("--attributes base.jsonl --filter \"color == 'red'\" --backend flat"),
      .usage,
      "color"
    )
    expectFailure(
      try bench("--filter-ids some.ids --ground-truth truth.ivecs"),
      .usage,
      "--ground-truth is of all vectors",
      "--filter-ids"
    )
    let line = """
      "$needle" bench --vectors base.npy --hold-out 10 --filter-ids some.ids --out report
      """
    expectFailure(try NeedleCommand.shell(line, in: folder), .usage, "--filter-ids", "--hold-out")
    #expect(try !folder.names().contains("report"))
  }
}
