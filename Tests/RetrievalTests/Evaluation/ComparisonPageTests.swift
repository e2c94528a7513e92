import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

/// The page in a real browser.
///
/// Skipped, with a message, where no Chromium is installed.
@Suite(.enabled(if: Browser.path != nil, "no chromium found: install it to render the page"))
struct ComparisonPageTests {
  /// Two runs of 60 queries, of which the second has lost some documents.
  private func page(losing share: Int) throws -> String {
    let folder = try TemporaryFolder()
    var generator = SplitMix64(seed: 1)
    var judged = ""
    var runs = ["", ""]
    for query in 0..<60 {
      judged += "q\(query) 0 d\(generator.next() % 12) 1\n"
      for place in 0..<15 {
        let line = "q\(query) Q0 d\(place) \(place + 1) \(15 - place) t\n"
        runs[0] += line
        if place == 14 || Int(generator.next() % 100) >= share { runs[1] += line }
      }
    }
    let comparison = try RunComparison(
      Run(contentsOf: folder.file("a.trec", Array(runs[0].utf8))),
      Run(contentsOf: folder.file("b.trec", Array(runs[1].utf8))),
      by: Qrels(contentsOf: folder.file("qrels", Array(judged.utf8))),
      measures: ["mrr.10", "ndcg_cut.10", "map", "recall.100", "num_rel_ret"].flatMap {
        try Measure.parsing($0)
      }
    )
    return ComparisonPage(
      comparison,
      first: "exact & whole.trec",
      second: "<b>approximate.trec",
      qrels: "qrels",
      losses: 10,
      seed: 42
    ).text
  }

  @Test(arguments: [390, 1280], [0, 30])
  func rendersWithoutOverflowOrErrors(width: Int, share: Int) throws {
    let dom = try Browser().dom(of: page(losing: share), width: width, dark: share > 0)
    let facts = try Browser.facts(in: dom)
    #expect(facts["errors"] == "0")
    #expect(facts["scroll"] == "\(width)", "the page is wider than the window")
    #expect(facts["outside"] == "")
    #expect(facts["overlaps"] == "")
    // Without a difference there is nothing to show by query.
    #expect(dom.components(separatedBy: "<figure").count - 1 == (share > 0 ? 3 : 2))
    #expect(dom.contains("Queries that lose most") == (share > 0))
  }

  @Test func namesAreTextAndNothingIsFetched() throws {
    let page = try page(losing: 30)
    #expect(page.contains("exact &amp; whole.trec"))
    #expect(!page.contains("<b>"))
    for word in ["http:", "https:", "src=", "@import", "url(", "<link", "<script"] {
      #expect(!page.contains(word), "the page contains \(word)")
    }
  }
}
