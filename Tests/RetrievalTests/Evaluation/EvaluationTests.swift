import Foundation
import Retrieval
import TestSupport
import Testing

@Suite struct EvaluationTests {
  private func read(
    _ qrels: String,
    _ run: String,
    format: RunFormat = .trec
  ) throws -> (qrels: Qrels, run: Run) {
    let folder = try TemporaryFolder()
    return (
      try Qrels(contentsOf: folder.file("qrels", Array(qrels.utf8))),
      try Run(contentsOf: folder.file("run", Array(run.utf8)), format: format)
    )
  }

  private func value(
    _ measure: String,
    _ qrels: String,
    _ run: String,
    format: RunFormat = .trec,
    change: (inout EvaluationOptions) -> Void = { _ in }
  ) throws -> Double {
    let sets = try read(qrels, run, format: format)
    var options = EvaluationOptions()
    change(&options)
    return try Evaluation(
      of: sets.run,
      by: sets.qrels,
      measures: Measure.parsing(measure),
      options: options
    ).overall(0)
  }

  @Test func theReferencesAreThere() { #expect(ReferenceSet.all.count == 5) }

  @Test(arguments: ReferenceSet.all, [1, 3])
  func equalsPytrecEvalByQuery(set: ReferenceSet, threads: Int) throws {
    let sets = try read(set.qrelsText, set.runText)
    var options = EvaluationOptions()
    options.level = set.level
    options.missing = .skip
    options.threads = threads
    let evaluation = try Evaluation(
      of: sets.run,
      by: sets.qrels,
      measures: set.measures.flatMap { try Measure.parsing($0) },
      options: options
    )
    #expect(evaluation.measures.map(\.name) == set.measures)
    #expect(evaluation.queryIDs.sorted() == set.queries)
    for (measure, name) in set.measures.enumerated() {
      let own = Dictionary(
        uniqueKeysWithValues: zip(evaluation.queryIDs, evaluation.values[measure])
      )
      for (query, expected) in zip(set.queries, set.values[measure]) {
        let value = try #require(own[query])
        #expect(abs(value - expected) <= 1e-6, "\(name) of \(query): \(value), \(expected)")
      }
    }
    #expect(evaluation.missingCount == set.qrels.keys.count { set.run[$0] == nil })
    #expect(evaluation.extraCount == set.run.keys.count { set.qrels[$0] == nil })
  }

  @Test(arguments: ReferenceSet.all.filter { !$0.overall.isEmpty })
  func equalsIrMeasuresOverAllJudgedQueries(set: ReferenceSet) throws {
    let sets = try read(set.qrelsText, set.runText)
    for (name, expected) in set.overall {
      let evaluation = try Evaluation(
        of: sets.run,
        by: sets.qrels,
        measures: Measure.parsing(name)
      )
      let value = evaluation.overall(0)
      #expect(abs(value - expected) <= 1e-6, "\(name): \(value), \(expected)")
    }
  }

  /// The values of trec_eval's own rules, found with pytrec_eval by hand.
  @Test func tiesGoByIdDescendingInSinglePrecision() throws {
    let tied = "q Q0 a 1 1.0 t\nq Q0 b 2 1.0 t\n"
    #expect(try value("RR", "q 0 b 1\n", tied) == 1)
    let other = "q Q0 b 1 1.0 t\nq Q0 c 2 1.0 t\n"
    #expect(try value("RR", "q 0 b 1\n", other) == 0.5)
    #expect(abs(try value("nDCG", "q 0 b 1\n", other) - 0.630_929_8) < 1e-6)
    let close = "q Q0 b 1 1.000000001 t\nq Q0 c 2 1 t\n"
    #expect(try value("RR", "q 0 b 1\n", close) == 0.5)
    let apart = "q Q0 b 1 1.000001 t\nq Q0 c 2 1 t\n"
    #expect(try value("RR", "q 0 b 1\n", apart) == 1)
  }

  @Test func gainsAreLinear() throws {
    let qrels = "q 0 a 3\nq 0 b 1\nq 0 c 2\n"
    let run = "q Q0 b 1 3 t\nq Q0 c 2 2 t\nq Q0 a 3 1 t\n"
    #expect(abs(try value("nDCG@3", qrels, run) - 0.789_998_0) < 1e-6)
    #expect(abs(try value("recall.2", qrels, run) - 0.666_666_7) < 1e-6)
  }

  @Test func missingQueriesCountZeroUnlessSkipped() throws {
    let qrels = "1 0 a 1\n2 0 a 1\n3 0 a 1\n"
    let run = "1 Q0 a 1 1 t\n3 Q0 b 1 2 t\n3 Q0 a 2 1 t\n9 Q0 a 1 1 t\n"
    #expect(try value("RR@10", qrels, run) == 0.5)
    #expect(try value("RR@10", qrels, run) { $0.missing = .skip } == 0.75)
    #expect(try value("num_q", qrels, run) == 3)
    #expect(try value("num_q", qrels, run) { $0.missing = .skip } == 2)
    #expect(try value("num_rel", qrels, run) == 3)
    #expect(try value("num_rel", qrels, run) { $0.missing = .skip } == 2)
    // exp of the mean of log 1, log 0.5 and log 0.00001, as trec_eval -c has it.
    #expect(abs(try value("gm_map", qrels, run) - exp(log(0.5 * 0.000_01) / 3)) < 1e-9)
    let sets = try read(qrels, run)
    let evaluation = try Evaluation(of: sets.run, by: sets.qrels, measures: Measure.standard)
    #expect(evaluation.missingCount == 1)
    #expect(evaluation.extraCount == 1)
    #expect(evaluation.depth == 2)
    #expect(evaluation.cutShort.map(\.name) == ["mrr_10", "ndcg_cut_10", "P_10", "recall_100"])
  }

  /// The rule of MS MARCO's script: the rank column, over all judged queries.
  @Test func ranksCountWhereAskedFor() throws {
    let qrels = "1\t0\ta\t1\n2\t0\tb\t1\n3\t0\tc\t1\n4\t0\td\t1\n"
    // Scores would put the relevant document last, and trec_eval's rule for ties elsewhere.
    let run = "1 Q0 a 1 0.1 t\n1 Q0 z 2 0.9 t\n2 Q0 x 2 5 t\n2 Q0 b 3 5 t\n2 Q0 y 1 5 t\n"
    #expect(try value("RR@10", qrels, run) { $0.ties = .run } == (1 + 1 / 3.0) / 4)
    let deep = (1...11).map { "3 \($0 == 11 ? "c" : "x\($0)") \($0)\n" }.joined()
    let marco = "1 a 1\n2 x 2\n2 b 1\n" + deep
    for ties in TieOrder.allCases {
      let found = try value("mrr.10", qrels, marco, format: .msmarco) { $0.ties = ties }
      #expect(found == 0.5)
    }
    let gap = "1 Q0 a 1 1 t\n1 Q0 b 3 1 t\n"
    #expect(throws: (any Error).self) { try value("RR", qrels, gap) { $0.ties = .run } }
  }

  @Test func formatsOfOneRunAreEqual() throws {
    let qrels = "1 0 7 1\n2 0 8 2\n"
    let trec = "1 Q0 7 1 0.5 t\n1 Q0 8 2 0.25 t\n2 Q0 9 1 3e-1 t\n2 Q0 8 2 -1 t\n"
    let tsv = "1\t7\t0.5\n1\t8\t0.25\n2\t9\t0.3\n2\t8\t-1\n"
    let json =
      "{\"query\":1,\"ids\":[7,8],\"scores\":[0.5,0.25]}\n"
      + "{\"query\":\"2\",\"ids\":[\"9\",8],\"scores\":[0.3,-1]}\n"
    let expected = try value("nDCG@10", qrels, trec)
    #expect(abs(expected - (1 + 1 / log2(3)) / 2) < 1e-12)
    #expect(try value("nDCG@10", qrels, tsv, format: .tsv) == expected)
    #expect(try value("nDCG@10", qrels, json, format: .jsonl) == expected)
  }

  @Test func aRunOfOtherQueriesIsAnError() throws {
    let sets = try read("1 0 a 1\n", "2 Q0 a 1 1 t\n")
    var options = EvaluationOptions()
    options.missing = .skip
    #expect(throws: (any Error).self) {
      try Evaluation(of: sets.run, by: sets.qrels, measures: [], options: options)
    }
  }
}
