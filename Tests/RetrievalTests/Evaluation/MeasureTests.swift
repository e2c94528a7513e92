import Retrieval
import Testing
import VectorCore

@Suite struct MeasureTests {
  @Test(arguments: [
    ("RR", ["recip_rank"]), ("mrr", ["recip_rank"]), ("recip_rank", ["recip_rank"]),
    ("mrr.10", ["mrr_10"]), ("mrr_cut.10", ["mrr_10"]), ("RR@10", ["mrr_10"]),
    ("MRR@10", ["mrr_10"]), ("recip_rank.10", ["mrr_10"]), ("mrr_10", ["mrr_10"]),
    ("nDCG", ["ndcg"]), ("nDCG@10", ["ndcg_cut_10"]),
    ("ndcg_cut.5,10", ["ndcg_cut_5", "ndcg_cut_10"]),
    ("ndcg_cut_1000", ["ndcg_cut_1000"]), ("AP", ["map"]), ("AP@3", ["map_cut_3"]),
    ("map.3", ["map_cut_3"]), ("map_cut_3", ["map_cut_3"]), ("P@5", ["P_5"]),
    ("Precision@5", ["P_5"]), ("R@100", ["recall_100"]), ("Recall@100", ["recall_100"]),
    ("recall.100,1000", ["recall_100", "recall_1000"]), ("Success@1", ["success_1"]),
    ("Rprec", ["Rprec"]), ("Bpref", ["bpref"]), ("infAP", ["infAP"]), ("SetP", ["set_P"]),
    ("SetR", ["set_recall"]), ("SetF", ["set_F"]), ("SetAP", ["set_map"]), ("NumQ", ["num_q"]),
    ("IPrec@0.1", ["iprec_at_recall_0.10"]), ("iprec_at_recall_0.05", ["iprec_at_recall_0.05"]),
    ("11pt_avg", ["11pt_avg"]), ("gm_map", ["gm_map"]), ("AP(rel=2)", ["map(rel=2)"]),
    ("P(rel=2)@5", ["P(rel=2)_5"]), ("success", ["success_1", "success_5", "success_10"]),
  ])
  func namesOfBothKindsAreKnown(text: String, names: [String]) throws {
    #expect(try Measure.parsing(text).map(\.name) == names)
  }

  @Test func everyNameIsReadAgain() throws {
    for measure in try Measure.parsing("all") {
      #expect(try Measure.parsing(measure.name) == [measure])
    }
    #expect(try Measure.parsing("P").count == 9)
    #expect(try Measure.parsing("iprec_at_recall").count == 11)
    let official = try Measure.parsing("official").map(\.name)
    #expect(official.count == 29)
    #expect(official.first == "num_q" && official.last == "P_1000")
    #expect(try Measure.parsing("set").map(\.name).contains("set_F"))
  }

  @Test(arguments: [
    "", "mpa", "P@", "P@0", "P@-1", "P@x", "P@1.5", "P.5,,10", "Rprec.3", "iprec_at_recall.2",
    "ndcg10",
    "AP(rel=0)", "AP(x)", "AP(rel=)", "P@99999999999999999999", "P@10@10", "bpref_",
  ])
  func whatMakesNoSenseIsRefused(text: String) {
    let error = #expect(throws: MeasureError.self) { try Measure.parsing(text) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("'") == true)
  }

  @Test func anUnknownNameGetsTheKnownOnes() {
    let error = #expect(throws: MeasureError.self) { try Measure.parsing("mpa") }
    for (name, _) in Measure.descriptions {
      let known = String(name.prefix { $0 != "," && $0 != "[" && $0 != "." })
      #expect(error?.description.contains(known) == true, "\(known)")
    }
  }

  @Test func cutoffsAndCountsAreTold() throws {
    #expect(try Measure.parsing("P@5").map(\.cutoff) == [5])
    #expect(try Measure.parsing("AP").map(\.cutoff) == [nil])
    #expect(try Measure.parsing("IPrec@0.5").map(\.cutoff) == [nil])
    #expect(try Measure.parsing("num_ret").map(\.isCount) == [true])
    #expect(try Measure.parsing("gm_map").map(\.hasQueryValues) == [false])
    #expect(
      Measure.standard.map(\.name).suffix(5) == [
        "mrr_10", "ndcg_cut_10", "map", "P_10", "recall_100",
      ]
    )
  }
}
