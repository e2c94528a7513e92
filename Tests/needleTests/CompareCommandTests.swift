import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct CompareCommandTests {
  /// Judgments, and two runs of which the second lacks the best document of some queries.
  private func files() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var judged = ""
    var runs = ["", ""]
    for query in 0..<30 {
      judged += "\(query) 0 d0 1\n\(query) 0 d\(query % 4 + 1) 1\n"
      for place in 0..<12 {
        let line = "\(query) Q0 d\(place) \(place + 1) \(12 - place).5 t\n"
        runs[0] += line
        if place > 0 || !query.isMultiple(of: 3) { runs[1] += line }
      }
    }
    try folder.file("qrels", Array(judged.utf8))
    try folder.file("exact.trec", Array(runs[0].utf8))
    try folder.file("approx.trec", Array(runs[1].utf8))
    return folder
  }

  private func compare(_ options: String, in folder: TemporaryFolder) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" compare --qrels qrels \(options)", in: folder)
  }

  @Test func showsDifferencesOverlapAndLosses() throws {
    let result = try compare("-m RR@10 -m num_rel_ret exact.trec approx.trec", in: files())
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    let row = try #require(lines.first { $0.first == "mrr_10" })
    #expect(row[1] == "1.0000")
    #expect(row.last == "0/23/7")
    let counts = try #require(lines.first { $0.first == "num_rel_ret" })
    #expect(Array(counts[1...3]) == ["60", "50", "−10"])
    #expect(lines.contains { $0.first == "overlap@10" })
    #expect(result.output.contains("queries that lose most mrr_10"))
    let lost = lines.drop { $0.first != "query" }.dropFirst()
    #expect(lost.count == 7)
    // The other relevant document comes at place 4 at worst, and first in three of ten queries.
    #expect(lost.first == ["3", "1.0000", "0.2500", "−0.7500", lost.first?.last ?? ""])
  }

  @Test func writesJSONThatDependsOnTheSeedAlone() throws {
    let folder = try files()
    let runs = "-m RR@10 exact.trec approx.trec --json"
    let first = try compare("--threads 1 \(runs)", in: folder)
    let again = try compare("--threads 3 \(runs)", in: folder)
    #expect(first.output == again.output)
    #expect(try compare("--seed 7 \(runs)", in: folder).output != first.output)
    let report = try first.json()
    #expect(report["queries"] as? Int == 30)
    let measures = try #require(report["measures"] as? [[String: Any]])
    let row = try #require(measures.first)
    #expect(row["measure"] as? String == "mrr_10")
    #expect(row["losses"] as? Int == 7)
    // Seven losses and no win: two of 128 choices of signs are as extreme.
    #expect(abs(try #require(row["p"] as? Double) - 2 / 128.0) < 1e-12)
    let interval = try #require(row["interval_95"] as? [Double])
    let difference = try #require(row["difference"] as? Double)
    #expect(interval[0] < difference && difference < interval[1] && interval[1] < 0)
    let overlap = try #require(report["overlap"] as? [String: Double])
    #expect(abs(try #require(overlap["1"]) - 20 / 30.0) < 1e-12)
    #expect((report["largest_losses"] as? [Any])?.count == 7)
  }

  @Test func aRunEqualsItself() throws {
    let report = try compare("exact.trec exact.trec --json", in: files()).json()
    #expect(report["rank_biased_overlap"] as? Double ?? 0 > 1 - 1e-12)
    let measures = try #require(report["measures"] as? [[String: Any]])
    #expect(measures.count == 4)
    #expect(measures.allSatisfy { $0["p"] as? Double == 1 && $0["difference"] as? Double == 0 })
    #expect((report["largest_losses"] as? [Any])?.isEmpty == true)
  }

  @Test func writesAPage() throws {
    let folder = try files()
    let result = try compare("exact.trec approx.trec --html page.html --losses 2", in: folder)
    #expect(result.errors.contains("page: page.html"))
    let page = try folder.text("page.html")
    #expect(page.contains("approx.trec") && page.contains("<svg") && page.contains("</html>"))
    #expect(!page.contains("http:") && !page.contains("<script"))
  }

  @Test func whatIsWrongIsOneLine() throws {
    let folder = try files()
    let runs = "exact.trec approx.trec"
    expectFailure(try compare("exact.trec", in: folder), .usage, "second")
    expectFailure(try compare("exact.trec none", in: folder), .missingInput, "none")
    expectFailure(try compare("-m gm_map \(runs)", in: folder), .usage, "geometric")
    expectFailure(try compare("-m x \(runs)", in: folder), .usage, "'x'")
    expectFailure(try compare("--losses -1 \(runs)", in: folder), .usage, "--losses")
    expectFailure(
      try compare("--html exact.trec \(runs)", in: folder),
      .usage,
      "--html exact.trec",
      "the first run"
    )
    expectFailure(
      try compare("--html no/page.html \(runs)", in: folder),
      .inputOutput,
      "no/page.html"
    )
  }
}
