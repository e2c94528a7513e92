import Foundation
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite struct RunComparisonTests {
  private let measures = (try? Measure.parsing("RR@10,3")) ?? []

  private func qrels(_ text: String) throws -> Qrels {
    let folder = try TemporaryFolder()
    return try Qrels(contentsOf: folder.file("qrels", Array(text.utf8)))
  }

  /// A run whose documents have falling scores.
  private func run(_ rankings: KeyValuePairs<String, [String]>, name: String = "run") -> Run {
    Run(
      rankings.map { query, documents in
        (query, documents.enumerated().map { ($1, Float(100 - $0)) })
      },
      name: name
    )
  }

  @Test func differencesAreSecondMinusFirst() throws {
    let first = run(["1": ["a", "b"], "2": ["b", "a"], "4": ["a"]])
    let second = run(["1": ["b", "a"], "2": ["b", "a"], "3": ["a"]])
    let comparison = try RunComparison(
      first,
      second,
      by: qrels("1 0 a 1\n2 0 a 1\n3 0 a 1\n4 0 z 1\n"),
      measures: measures
    )
    #expect(comparison.rows.map(\.measure.name) == ["mrr_10", "mrr_3"])
    let row = try #require(comparison.rows.first)
    #expect(row.first == 1.5 / 4)
    #expect(row.second == 2.0 / 4)
    #expect(row.test.mean == 0.125)
    #expect((row.test.wins, row.test.ties, row.test.losses) == (1, 2, 1))
    // Signs of +1 and −0.5: all four sums are at least 0.5 in size.
    #expect(row.test.p == 1)
    #expect(comparison.queries.map(\.id) == ["1", "2", "3", "4"])
    #expect(comparison.queries.map(\.difference) == [-0.5, 0, 1, 0])
    #expect(comparison.largestLosses(10).map(\.id) == ["1"])
    #expect(comparison.largestLosses(0).isEmpty)
    // Queries 3 and 4 are in one run only, and agree in nothing.
    #expect(comparison.overlaps.map(\.depth) == [1])
    #expect(comparison.overlaps.map(\.mean) == [0.25])
    #expect(comparison.queries[1].rankBiasedOverlap > 1 - 1e-12)
    #expect(comparison.queries[2].rankBiasedOverlap == 0)
  }

  @Test func skippingKeepsTheQueriesOfBoth() throws {
    let first = run(["1": ["a"], "2": ["b", "a"]])
    let second = run(["2": ["a"], "3": ["a"]])
    var options = RunComparison.Options()
    options.evaluation.missing = .skip
    let judged = try qrels("1 0 a 1\n2 0 a 1\n3 0 a 1\n")
    let comparison = try RunComparison(
      first,
      second,
      by: judged,
      measures: measures,
      options: options
    )
    #expect(comparison.queries.map(\.id) == ["2"])
    #expect(comparison.rows.map(\.first) == [0.5, 0.5])
    #expect(throws: FileError.self) {
      try RunComparison(
        run(["1": ["a"]]),
        second,
        by: judged,
        measures: measures,
        options: options
      )
    }
  }

  @Test func measuresWithoutValuesOfQueriesAreRefused() throws {
    let judged = try qrels("1 0 a 1\n")
    let own = run(["1": ["a"]])
    for names in ["gm_map", "num_q"] {
      #expect(throws: MeasureError.self) {
        try RunComparison(own, own, by: judged, measures: Measure.parsing(names))
      }
    }
    #expect(throws: MeasureError.self) { try RunComparison(own, own, by: judged, measures: []) }
  }

  @Test func threadsChangeNothing() throws {
    let set = try #require(ReferenceSet.all.first)
    let folder = try TemporaryFolder()
    let judged = try qrels(set.qrelsText)
    let first = try Run(contentsOf: folder.file("a.trec", Array(set.runText.utf8)))
    // Every third document is lost.
    let lines = set.runText.split(separator: "\n").enumerated().filter { $0.offset % 3 != 0 }
    let text = lines.map { $0.element + "\n" }.joined()
    let second = try Run(contentsOf: folder.file("b.trec", Array(text.utf8)))
    let pages = try [1, 3].map { threads in
      var options = RunComparison.Options()
      options.evaluation.threads = threads
      let comparison = try RunComparison(
        first,
        second,
        by: judged,
        measures: Measure.parsing("AP") + Measure.parsing("num_ret"),
        options: options
      )
      return ComparisonPage(
        comparison,
        first: "a",
        second: "b",
        qrels: "q",
        losses: 5,
        seed: options.seed
      ).text
    }
    #expect(pages[0] == pages[1])
    #expect(pages[0].contains("<svg"))
    #expect(pages[0].contains("Queries that lose most map"))
  }
}
