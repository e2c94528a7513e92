import Foundation
import Needletail
import TestSupport
import Testing

/// Ways to train, each through the command with a small model.
@Suite(.enabled(if: SmallModel.isUsable, "needs libCTorch"))
struct TrainWaysTests {
  private let folder: TemporaryFolder
  private static let settings =
    "--train train.jsonl --train-n-passages 3 --temperature 0.1 --learning-rate 5e-3 "
    + "--query-max-len 16 --passage-max-len 16 --threads 1 --logging-steps 1"

  init() throws {
    folder = try TemporaryFolder()
    try SmallModel.write(to: folder)
    // A positive shares the query's tokens, negatives do not.
    let records = (0..<24).map { number in
      let own = "\(5 + number % 30),\(6 + number * 7 % 30)"
      let others = (1...4).map { "[\(5 + (number + 5 * $0) % 30),\(40 + $0),\(number % 9 + 50)]" }
      return #"{"query":[\#(own)],"positives":[[\#(own),45]],"#
        + #""negatives":[\#(others.joined(separator: ","))]}"# + "\n"
    }
    try folder.file("train.jsonl", Array(records.joined().utf8))
  }

  private func train(_ options: String, model: String = "model") throws -> CommandResult {
    try NeedleCommand.shell(
      "\"$needle\" train --model '\(model)' --pooling mean --normalize \(Self.settings) \(options)",
      in: folder
    )
  }

  private func losses(_ out: String) throws -> [Double] {
    try folder.text(out + "/log.jsonl").split(separator: "\n").compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["loss"] as? Double
    }
  }

  /// Whether the last losses are well below the first.
  private func learned(_ losses: [Double]) -> Bool {
    losses.suffix(3).reduce(0, +) < 0.8 * losses.prefix(3).reduce(0, +)
  }

  /// The lengths of the vectors that a model gives queries.
  private func dimension(_ model: String) throws -> Int {
    let result = try NeedleCommand.shell(
      "printf 'q\\tabc\\n' >q.tsv && \"$needle\" encode --model \(model) --queries q.tsv --out v-\(model)",
      in: folder
    )
    #expect(result.code == 0, "\(result.errors)")
    return try VectorSet.open(folder.path("v-\(model)"), role: .queries).dimension
  }

  @Test func accumulatedBatchesMakeFewerSteps() throws {
    let result = try train(
      "--batch-size 4 --accumulate 3 --epochs 12 --learning-rate 1e-2 --out out --json"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["steps"] as? Int == 24)
    let losses = try losses("out")
    #expect(losses.count == 24)
    #expect(learned(losses), "\(losses)")
  }

  @Test func gradientCachingChangesNoLoss() throws {
    let plain = try train("--batch-size 8 --max-steps 6 --no-dropout --out plain")
    #expect(plain.code == 0, "\(plain.errors)")
    let cached = try train(
      "--batch-size 8 --max-steps 6 --no-dropout --grad-cache --gc-q-chunk 3 --gc-p-chunk 5 --out cached"
    )
    #expect(cached.code == 0, "\(cached.errors)")
    for (left, right) in zip(try losses("plain"), try losses("cached")) {
      #expect(abs(left - right) < 1e-4 * max(1, abs(left)))
    }
    #expect(try losses("cached").count == 6)
  }

  @Test func untiedEncodersPartAndAreWrittenApart() throws {
    let result = try train("--batch-size 8 --epochs 6 --untie-encoder --out out")
    #expect(result.code == 0, "\(result.errors)")
    #expect(learned(try losses("out")))
    let query = try folder.bytes("out/query_model/model.safetensors")
    #expect(try folder.bytes("out/passage_model/model.safetensors") != query)
    let info = try NeedleCommand.run("model", "info", folder.path("out"))
    #expect(info.code == 0, "\(info.errors)")
  }

  @Test func aLinearHeadGivesVectorsOfItsLength() throws {
    let result = try train(
      "--batch-size 8 --epochs 6 --add-linear-head --projection-out-dim 12 --out headed"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(learned(try losses("headed")))
    #expect(try dimension("headed") == 12)
    let wrong = try train("--add-linear-head --projection-in-dim 31 --max-steps 1 --out wrong")
    expectFailure(wrong, .badData, "31", "32")
  }

  @Test(arguments: ["", "--encoder-only"])
  func aT5Learns(_ options: String) throws {
    let source = RealVectors.folder
    let result = try NeedleCommand.shell(
      "cp -r '\(source)/models/t5' t5 && cp '\(source)'/tokenizers/unigram/* t5/ && "
        + "\"$needle\" train --model t5 \(Self.settings) --temperature 1 --batch-size 8 "
        + "--epochs 8 \(options) --out out",
      in: folder
    )
    #expect(result.code == 0, "\(result.errors)")
    let losses = try losses("out")
    #expect(learned(losses), "\(losses)")
  }

  /// Records with a teacher's scores, by way of a run.
  private func writeScores() throws {
    let words = (0..<12).map {
      "\(Unicode.Scalar(UInt8(97 + $0)))\(Unicode.Scalar(UInt8(98 + $0)))"
    }
    let queries = words.enumerated().map { "q\($0)\t\($1)\n" }
    let passages = words.enumerated().map { "p\($0)\t\t\($1) z\n" }
    let judgments = words.indices.map { "q\($0) 0 p\($0) 1\n" }
    let run = words.indices.flatMap { query in
      (0..<6).map { rank in
        "q\(query) Q0 p\((query + rank) % 12) \(rank + 1) \(Double(6 - rank) / 2) teacher\n"
      }
    }
    for (name, lines) in [
      ("queries.tsv", queries), ("corpus.tsv", passages), ("qrels", judgments), ("run.trec", run),
    ] {
      try folder.file(name, Array(lines.joined().utf8))
    }
    let mined = try NeedleCommand.shell(
      "\"$needle\" hard-negatives --run run.trec --qrels qrels --queries queries.tsv "
        + "--corpus corpus.tsv --tokenizer model --n-sample 4 --scores --out hn",
      in: folder
    )
    #expect(mined.code == 0, "\(mined.errors)")
  }

  @Test(arguments: ["margin-mse", "kl"], ["", "--contrastive-weight 0.2"])
  func aTeachersScoresAreLearned(_ objective: String, _ more: String) throws {
    try writeScores()
    let result = try NeedleCommand.shell(
      "\"$needle\" train --model model --pooling mean --train hn/split00.hn.jsonl --objective "
        + "\(objective) \(more) --train-n-passages 4 --batch-size 6 --epochs 20 --learning-rate 5e-3 "
        + "--query-max-len 16 --passage-max-len 16 --threads 1 --logging-steps 1 --out out",
      in: folder
    )
    #expect(result.code == 0, "\(result.errors)")
    let losses = try losses("out")
    #expect(losses.count == 40)
    #expect(learned(losses), "\(losses)")
  }

  @Test func aTeachersLossNeedsScores() throws {
    let result = try train("--objective kl --batch-size 4 --max-steps 1 --out out")
    #expect(result.code != 0)
    #expect(result.failures.first?.contains("scores") == true, "\(result.errors)")
  }
}
