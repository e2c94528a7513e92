import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Training

@Suite struct TrainingLogTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("log.jsonl")
  }

  /// An entry of a step; every fourth has a validation too.
  private func entry(_ step: Int) -> LogEntry {
    LogEntry(
      step: step,
      epoch: Double(step) / 8,
      seconds: Double(step) * 1.5,
      optimization: LogEntry.Optimization(
        loss: 1 / Double(step + 1),
        learningRate: 5e-6,
        gradientNorm: 12.25,
        tokensPerSecond: 10_240.5,
        queriesPerSecond: 80
      ),
      validation: step.isMultiple(of: 4)
        ? [LogEntry.Measure("loss", 0.1), LogEntry.Measure("mrr@10", 0.3)] : []
    )
  }

  private func write(_ steps: ClosedRange<Int>) throws {
    var log = try TrainingLog(path: path)
    for step in steps { try log.append(entry(step)) }
  }

  @Test func aLineHoldsTheFieldsByName() throws {
    try write(4...4)
    #expect(
      try folder.text("log.jsonl") == """
        {"step":4,"epoch":0.5,"seconds":6.0,"loss":0.2,"learning_rate":5e-06,"grad_norm":12.25,\
        "tokens_per_second":10240.5,"queries_per_second":80.0,\
        "validation":{"loss":0.1,"mrr@10":0.3}}

        """
    )
  }

  @Test func whatIsWrittenIsRead() throws {
    let onlyValidation = LogEntry(
      step: 0,
      epoch: 0,
      seconds: 0,
      validation: [LogEntry.Measure("ndcg@10", 0.25)]
    )
    var log = try TrainingLog(path: path)
    try log.append(onlyValidation)
    try log.append(entry(1))
    try log.append(entry(4))
    #expect(try TrainingLog.entries(of: path) == [onlyValidation, entry(1), entry(4)])
  }

  @Test func aNumberThatIsNoneComesBackAsNaN() throws {
    var entry = entry(1)
    entry.optimization?.loss = .infinity
    var log = try TrainingLog(path: path)
    try log.append(entry)
    #expect(try folder.text("log.jsonl").contains("\"loss\":null"))
    #expect(try TrainingLog.entries(of: path).first?.optimization?.loss.isNaN == true)
  }

  @Test func everyLineIsThereAtOnce() throws {
    var log = try TrainingLog(path: path)
    for step in 1...5 {
      try log.append(entry(step))
      #expect(try TrainingLog.entries(of: path).count == step)
    }
  }

  @Test func aNewTrainingBeginsAnEmptyLog() throws {
    try write(1...5)
    try write(1...2)
    #expect(try TrainingLog.entries(of: path).map(\.step) == [1, 2])
  }

  @Test(arguments: [0, 3, 8, 100])
  func aResumedTrainingDropsWhatItDoesAgain(step: Int) throws {
    try write(1...8)
    var log = try TrainingLog(path: path, resumingAfter: step)
    #expect(try TrainingLog.entries(of: path).map(\.step) == Array(1...8).filter { $0 <= step })
    try log.append(entry(step + 1))
    #expect(try TrainingLog.entries(of: path).last == entry(step + 1))
    #expect(try folder.names() == ["log.jsonl"])
  }

  @Test func aLineThatAKillCutShortIsDropped() throws {
    try write(1...3)
    let bytes = try folder.bytes("log.jsonl")
    try folder.file("log.jsonl", bytes.dropLast(20))
    #expect(try TrainingLog.entries(of: path).map(\.step) == [1, 2])
    var log = try TrainingLog(path: path, resumingAfter: 3)
    try log.append(entry(3))
    #expect(try folder.bytes("log.jsonl") == bytes)
  }

  @Test func aMissingLogIsBegunOnResuming() throws {
    var log = try TrainingLog(path: path, resumingAfter: 7)
    try log.append(entry(8))
    #expect(try TrainingLog.entries(of: path).map(\.step) == [8])
  }

  @Test(arguments: [
    ("[1]", "a list, not an object"), ("{\"step\":1.5}", "'step' is no whole number"),
    ("{\"step\":-1}", "'step' is no whole number"),
    ("{\"step\":1,\"epoch\":0}", "'seconds' is missing"),
    ("{\"step\":1,\"epoch\":\"x\",\"seconds\":0}", "'epoch' is a text, not a number"),
    ("{\"step\":1,\"epoch\":0,\"seconds\":0,\"loss\":1}", "'learning_rate' is missing"),
    ("{\"step\":1,\"epoch\":0,\"seconds\":0,\"validation\":3}", "a number, not an object"),
    ("{\"step\":1,}", "byte 11 of the line"), ("", "byte 1 of the line"),
  ])
  func wrongLinesAreNamed(line: String, reason: String) throws {
    try write(1...1)
    let text = try folder.text("log.jsonl") + line + "\n"
    try folder.file("log.jsonl", Array(text.utf8))
    let error = try #require(#expect(throws: FileError.self) { try TrainingLog.entries(of: path) })
    #expect(error.place == "line 2")
    #expect(error.reason.contains(reason), "\(error)")
    #expect(throws: FileError.self) { _ = try TrainingLog(path: path, resumingAfter: 1).path }
    #expect(try folder.text("log.jsonl") == text, "a log that cannot be read is left alone")
  }

  @Test func tagsAreGroupedForTensorBoard() {
    let tags = entry(4).scalars.map(\.tag)
    #expect(tags.contains("train/loss"))
    #expect(tags.contains("validation/mrr@10"))
    #expect(entry(1).scalars.allSatisfy { !$0.tag.hasPrefix("validation/") })
  }
}
