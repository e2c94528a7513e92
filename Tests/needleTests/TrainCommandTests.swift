import Foundation
import Needletail
import TestSupport
import Testing

/// `needle train` with a small model, alone and as several processes.
@Suite(.enabled(if: SmallModel.isUsable, "needs libCTorch"))
struct TrainCommandTests {
  private let folder: TemporaryFolder
  private static let settings =
    "--model model --pooling mean --normalize --train train.jsonl --train-n-passages 3 "
    + "--temperature 0.1 --learning-rate 1e-3 --query-max-len 16 --passage-max-len 16 "
    + "--threads 1 --logging-steps 1"

  init() throws {
    folder = try TemporaryFolder()
    try SmallModel.write(to: folder)
    try folder.file("train.jsonl", Array(Self.records(0..<24).utf8))
    try folder.file("val.jsonl", Array(Self.records(24..<32).utf8))
  }

  /// Records of tokens: a positive shares the query's tokens, negatives do not.
  private static func records(_ numbers: Range<Int>) -> String {
    numbers.map { number in
      let own = "\(5 + number % 30),\(6 + number * 7 % 30)"
      let others = (1...4).map { "[\(5 + (number + 5 * $0) % 30),\(40 + $0),\(number % 9 + 50)]" }
      return #"{"query":[\#(own)],"positives":[[\#(own),45]],"#
        + #""negatives":[\#(others.joined(separator: ","))]}"# + "\n"
    }.joined()
  }

  private func train(_ options: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" train \(Self.settings) \(options)", in: folder)
  }

  /// A number of each line of a log, where it is there.
  private func logged(_ name: String, _ out: String) throws -> [Double] {
    try folder.text(out + "/log.jsonl").split(separator: "\n").compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?[name] as? Double
    }
  }

  @Test func learnsAndWritesAModel() throws {
    let result = try train(
      "--eval val.jsonl --best-by mrr@10 --batch-size 8 --epochs 8 --learning-rate 5e-3 "
        + "--out out --json"
    )
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["steps"] as? Int == 24)
    #expect((report["best_value"] as? Double ?? 0) > 0.5)
    let losses = try logged("loss", "out")
    #expect(losses.count == 24)
    let first: Double = losses.prefix(3).reduce(0, +)
    let last: Double = losses.suffix(3).reduce(0, +)
    #expect(last < 0.7 * first, "\(losses)")
    #expect(try folder.text("out/training.html").contains("mrr_10"))
    let used = try NeedleCommand.shell(
      "printf 'q\\tabc\\n' >q.tsv && \"$needle\" encode --model out --queries q.tsv --out v && "
        + "ls out/checkpoint-* out/runs && \"$needle\" model info out",
      in: folder
    )
    #expect(used.code == 0, "\(used.errors)")
    #expect(used.output.contains("events.out.tfevents."))
  }

  @Test func goesOnToTheSameWeights() throws {
    let whole = try train(
      "--batch-size 4 --max-steps 8 --save-steps 4 --keep-checkpoints 9 --out a"
    )
    #expect(whole.code == 0, "\(whole.errors)")
    // As a kill after the fifth step would leave it.
    let copied = try NeedleCommand.shell(
      "mkdir b && cp -r a/checkpoint-4 b/ && head -n 5 a/log.jsonl >b/log.jsonl",
      in: folder
    )
    #expect(copied.code == 0)
    let resumed = try train("--batch-size 4 --max-steps 8 --save-steps 4 --out b --resume")
    #expect(resumed.code == 0, "\(resumed.errors)")
    for name in ["model.safetensors", "checkpoint-8/optimizer.safetensors"] {
      #expect(try folder.bytes("a/" + name) == folder.bytes("b/" + name), "\(name)")
    }
    #expect(try logged("loss", "a") == logged("loss", "b"))
    let other = try train("--batch-size 5 --max-steps 8 --out b --resume")
    expectFailure(other, .usage, "was trained with batch size 4, but 5 is given")
    for (options, reason) in [
      ("--train-n-passages 2", "was trained with passages of a query 3, but 2 is given"),
      ("--query-max-len 9", "was trained with --query-max-len 16, but 9 is given"),
    ] {
      let refused = try train("--batch-size 4 --max-steps 8 --out b --resume \(options)")
      expectFailure(refused, .usage, reason)
    }
    // A pipeline resumes what may have been interrupted before its first checkpoint.
    let early = try train("--batch-size 4 --max-steps 1 --out c --resume")
    #expect(early.code == 0, "\(early.errors)")
  }

  @Test func recordsWithFewNegativesAreWarnedOf() throws {
    let lines =
      #"{"query":[5],"positives":[[6]],"negatives":[]}"# + "\n"
      + #"{"query":[7],"positives":[[8]],"negatives":[[9]]}"# + "\n"
    try folder.file("few.jsonl", Array((Self.records(0..<2) + lines).utf8))
    let result = try NeedleCommand.shell(
      "\"$needle\" train --model model --train few.jsonl --train-n-passages 3 --batch-size 4 "
        + "--max-steps 1 --out few",
      in: folder
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "records had too few negatives: 1 were drawn again, 2 are other queries' positives"
      )
    )
  }

  @Test func workersDoNotChangeTheWeights() throws {
    for workers in [0, 1, 3] {
      let result = try train("--batch-size 4 --max-steps 7 --workers \(workers) --out w\(workers)")
      #expect(result.code == 0, "\(result.errors)")
    }
    let alone = try folder.bytes("w0/model.safetensors")
    #expect(try folder.bytes("w1/model.safetensors") == alone)
    #expect(try folder.bytes("w3/model.safetensors") == alone)
  }

  /// A shell's lines that start one process for each rank, and wait for all.
  private func ranks(_ count: Int, _ options: String, port: Int) -> String {
    let starts = (0..<count).map { rank in
      "RANK=\(rank) WORLD_SIZE=\(count) LOCAL_RANK=\(rank) MASTER_ADDR=127.0.0.1 "
        + "MASTER_PORT=\(port) \"$needle\" train \(Self.settings) \(options) & p\(rank)=$!"
    }
    return (starts + (0..<count).map { "wait $p\($0) || exit $?" }).joined(separator: "\n")
  }

  /// A port that other tests, and other runs of them, do not use.
  private func port(_ number: Int) -> Int {
    20_000 + (Int(ProcessInfo.processInfo.processIdentifier) * 8 + number) % 40_000
  }

  @Test(arguments: [2, 3])
  func ranksTogetherTrainAsOneDevice(_ count: Int) throws {
    let common = "--no-dropout --max-steps 6"
    let alone = try train("\(common) --batch-size 6 --out alone")
    #expect(alone.code == 0, "\(alone.errors)")
    let port = port(count)
    let options = "\(common) --batch-size \(6 / count) --negatives-x-device --timeout 60 --out many"
    let many = try NeedleCommand.shell(ranks(count, options, port: port), in: folder)
    #expect(many.code == 0, "\(many.errors)")
    for name in ["loss", "grad_norm"] {
      let wanted = try logged(name, "alone")
      let found = try logged(name, "many")
      #expect(wanted.count == 6 && found.count == 6)
      for (one, other) in zip(wanted, found) {
        let difference: Double = abs(one - other)
        #expect(difference < 1e-5 * max(1, one))
      }
    }
  }

  @Test func aRankThatDiesEndsTheOthers() throws {
    let port = port(0)
    let options = "--batch-size 2 --max-steps 1000000 --timeout 20 --out dead"
    let lines = ranks(2, options, port: port).split(separator: "\n").prefix(2)
    let result = try NeedleCommand.shell(
      lines.joined(separator: "\n")
        + """

        for i in $(seq 300); do [ -s dead/log.jsonl ] && break; sleep 0.1; done
        kill -9 $p1
        wait $p0
        """,
      in: folder
    )
    #expect(result.code != 0 && result.code != 137)
    #expect(result.failures.count == 1, "\(result.errors)")
    #expect(result.errors.contains("rank"), "\(result.errors)")
  }

  @Test func wrongRequestsAreRefused() throws {
    #expect(try NeedleCommand.shell("mkdir full && touch full/x", in: folder).code == 0)
    for (options, reason) in [
      ("--out full", "full is not empty"),
      ("--out o --best-by mrr_10", "'mrr_10' is not measured"),
      ("--out o --patience 2", "--patience needs --best-by"),
      ("--out o --train-dir model", "only one of them"),
      ("--out o --positive-no-shuffle --positive-every-other", "not both"),
      ("--out o --projection-out-dim 8", "go with --add-linear-head"),
      ("--out o --temperature 0", "--temperature 0.0 is not allowed"),
      ("--out o --pooling last --encoder-only", "has no decoder"),
      ("--out o --fp16", "needs a GPU"),
      ("--out o --objective kl --negatives-x-device", "is for the contrastive objective"),
    ] {
      let result = try train(options)
      #expect(result.code == FailureKind.usage.rawValue, "\(options)")
      #expect(result.errors.contains(reason), "\(options): \(result.errors)")
    }
    expectFailure(try train("--out o --objective kl"), .badData, "have no pos_scores")
    try folder.file("bad.jsonl", Array((Self.records(0..<3) + "{\"query\":[1]}\n").utf8))
    let bad = try train("--out p --train bad.jsonl --batch-size 4")
    expectFailure(bad, .badData, "bad.jsonl", "line 4")
  }

  @Test func aCheckpointThatDoesNotFitLeavesTheOldOne() throws {
    let options = "--batch-size 4 --max-steps 6 --save-steps 3 --keep-checkpoints 9 --out disk"
    let whole = try train(options)
    #expect(whole.code == 0, "\(whole.errors)")
    let result = try NeedleCommand.shell(
      "rm -r disk/checkpoint-6 && (ulimit -f 40; \"$needle\" train \(Self.settings) \(options) --resume)",
      in: folder
    )
    expectFailure(result, .inputOutput, "model.safetensors", "cannot be written")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("disk"))
    #expect(names.contains("checkpoint-3") && !names.contains { $0.contains("checkpoint-6") })
    let again = try train(options + " --resume")
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test func aLossThatIsNoNumberStopsBeforeWeightsChange() throws {
    let first = try train(
      "--batch-size 4 --max-steps 8 --save-steps 1 --out nan --learning-rate 1e30"
    )
    expectFailure(first, .badData, "is not finite", "queries")
    let steps = try logged("loss", "nan").count
    #expect(steps >= 1)
    #expect(
      FileManager.default.fileExists(
        atPath: folder.path("nan/checkpoint-\(steps)/model.safetensors")
      )
    )
  }
}
