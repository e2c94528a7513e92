import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct EvaluateCommandTests {
  private let qrels = "1 0 a 1\n2 0 b 2\n2 0 c 1\n3 0 a 1\n"
  private let run =
    "1 Q0 b 1 0.9 t\n1 Q0 a 2 0.8 t\n2 Q0 b 1 0.9 t\n2 Q0 x 2 0.5 t\n2 Q0 c 3 0.5 t\n9 Q0 a 1 1 t\n"

  private func files() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("qrels", Array(qrels.utf8))
    try folder.file("run.trec", Array(run.utf8))
    return folder
  }

  private func evaluate(_ options: String, in folder: TemporaryFolder) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" evaluate \(options)", in: folder)
  }

  @Test func showsTheLayoutOfTrecEval() throws {
    let result = try evaluate("-m num_q -m mrr.10 -m ndcg_cut.10 qrels run.trec", in: files())
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output == """
        num_q                    all     3
        mrr_10                   all     0.5000
        ndcg_cut_10              all     0.5271

        """
    )
    #expect(
      result.errors == """
        run.trec has nothing for 1 of the 3 judged queries; they count 0
        run.trec has 1 queries without judgments in qrels; they do not count
        warning: run.trec has at most 3 documents a query, fewer than mrr_10, ndcg_cut_10 look at

        """
    )
  }

  @Test func queriesAreShownWhereAskedFor() throws {
    let result = try evaluate(
      "-q -m RR -m num_ret -m gm_map --missing skip qrels run.trec",
      in: files()
    )
    #expect(
      result.output == """
        recip_rank               1       0.5000
        num_ret                  1       2
        recip_rank               2       1.0000
        num_ret                  2       3
        recip_rank               all     0.7500
        num_ret                  all     5
        gm_map                   all     0.6455

        """
    )
  }

  @Test func writesJSON() throws {
    let result = try evaluate("--json -q -m RR@10 -l 2 qrels run.trec", in: files())
    let report = try result.json()
    #expect(report["judged_queries"] as? Int == 3)
    #expect(report["missing_queries"] as? Int == 1)
    #expect(report["extra_queries"] as? Int == 1)
    #expect(report["depth"] as? Int == 3)
    #expect(report["level"] as? Int == 2)
    let all = try #require(report["all"] as? [String: Any])
    #expect(abs(try #require(all["mrr_10"] as? Double) - 1 / 3.0) < 1e-12)
    let queries = try #require(report["queries"] as? [[String: Any]])
    #expect(queries.map { $0["query"] as? String } == ["1", "2", "3"])
    #expect(queries.map { $0["mrr_10"] as? Double } == [0, 1, 0])
  }

  @Test func theDefaultsAreStandardMeasures() throws {
    let result = try evaluate("qrels run.trec", in: files())
    let names = result.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(
      names == [
        "num_q", "num_ret", "num_rel", "num_rel_ret", "mrr_10", "ndcg_cut_10", "map", "P_10",
        "recall_100",
      ]
    )
  }

  @Test func readsFoldersOfBEIRAndPackedFilesAndPipes() throws {
    let folder = try files()
    let line = """
      mkdir -p beir/qrels
      printf 'query-id\\tcorpus-id\\tscore\\n1\\ta\\t1\\n2\\tb\\t2\\n' > beir/qrels/test.tsv
      printf 'query-id\\tcorpus-id\\tscore\\n1\\tb\\t1\\n' > beir/qrels/dev.tsv
      gzip -k run.trec
      "$needle" evaluate -m RR beir run.trec.gz
      "$needle" evaluate -m RR beir:dev run.trec.gz
      "$needle" evaluate -m RR <(cat beir/qrels/test.tsv) <(seq 1 100000 | sed 's/.*/1 Q0 d& & -& t/')
      """
    let result = try NeedleCommand.shell(line, in: folder)
    #expect(
      result.output == """
        recip_rank               all     0.7500
        recip_rank               all     1.0000
        recip_rank               all     0.0000

        """
    )
  }

  @Test func ranksOfMSMARCOCount() throws {
    let folder = try files()
    try folder.file("run.tsv", Array("1\tb\t2\n1\ta\t1\n2\tx\t1\n2\tb\t2\n".utf8))
    for ties in ["trec", "run", "msmarco"] {
      let result = try evaluate(
        "-m mrr.10 --format msmarco --ties \(ties) qrels run.tsv",
        in: folder
      )
      #expect(result.output == "mrr_10                   all     0.5000\n", "\(result.errors)")
    }
    expectFailure(
      try evaluate("qrels run.tsv", in: folder),
      .badData,
      "run.tsv",
      "line 1",
      "--format"
    )
  }

  @Test func whatIsWrongIsOneLine() throws {
    let folder = try files()
    try folder.file("twice", Array("1 Q0 a 1 1 t\n1 Q0 a 2 1 t\n".utf8))
    try folder.file("nan", Array("1 Q0 a 1 nan t\n".utf8))
    try folder.file("other", Array("7 Q0 a 1 1 t\n".utf8))
    expectFailure(try evaluate("-m mpa qrels run.trec", in: folder), .usage, "'mpa'", "ndcg_cut")
    expectFailure(try evaluate("-l 0 qrels run.trec", in: folder), .usage, "--level 0")
    expectFailure(try evaluate("--ties x qrels run.trec", in: folder), .usage, "x")
    expectFailure(try evaluate("none run.trec", in: folder), .missingInput, "none")
    expectFailure(try evaluate("qrels none", in: folder), .missingInput, "none")
    expectFailure(try evaluate("qrels twice", in: folder), .badData, "twice", "line 2")
    expectFailure(try evaluate("qrels nan", in: folder), .badData, "nan", "line 1")
    expectFailure(try evaluate("run.trec qrels", in: folder), .badData, "run.trec", "line 1")
    expectFailure(
      try evaluate("--missing skip qrels other", in: folder),
      .badData,
      "other",
      "none of"
    )
  }

  /// Exact search over the given vectors has the figures that come with the data.
  @Test(.enabled(if: GivenData.revdict != nil, "no shared data beside the package"))
  func exactSearchOverRevdictHasItsFigures() throws {
    let data = try #require(GivenData.revdict)
    let folder = try TemporaryFolder()
    let line = """
      "$needle" index build --vectors \(data)/passages.minilm.f16.npy --backend flat \
        --metric ip --out index > log
      "$needle" search --index index --queries \(data)/dev.minilm.f16.npy --k 100 \
        --out run.trec > log
      "$needle" evaluate --json -m mrr.10 -m recall.100 \(data)/qrels.dev.tsv run.trec
      """
    let report = try NeedleCommand.shell(line, in: folder).json()
    let all = try #require(report["all"] as? [String: Double])
    #expect(abs(try #require(all["mrr_10"]) - 0.3005) <= 0.0005)
    #expect(abs(try #require(all["recall_100"]) - 0.4467) <= 0.0005)
  }
}

/// Data that lies beside the package where it is developed, and nowhere else.
enum GivenData {
  /// The folder of the reverse dictionary, or `nil`.
  static let revdict: String? = {
    let package = RealVectors.folder.dropLast("/Tests/Data".count)
    let folder = package.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    let path = folder + "/shared/data/revdict"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()
}
