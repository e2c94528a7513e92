import Foundation
import TestSupport
import Testing

@testable import TrainingData

@Suite struct RecordSplitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for shard in 0..<3 { try write("split0\(shard).jsonl", (0..<20).map { shard * 20 + $0 }) }
    // None of these is a file of the preparation's.
    for name in ["train.jsonl", "split00.hn.jsonl", "split3.jsonl", "splitx.jsonl", "split04.json"]
    {
      try write(name, [999])
    }
  }

  private func line(_ query: Int) -> String {
    #"{"qid":"q\#(query)","pos":["p\#(query)"],"neg":["n"]}"# + "\n"
  }

  private func write(_ name: String, _ queries: [Int]) throws {
    try folder.file(name, Array(queries.map { line($0) }.joined().utf8))
  }

  private func split(
    _ count: Int,
    _ choice: RecordSplit.Choice = .seeded(42),
    _ kind: RecordFolder.Kind = .prepared,
    threads: Int = 2
  ) throws -> (train: [String], held: [String]) {
    let split = try RecordSplit(RecordFolder(folder.path, kind))
    let counts = try split.write(
      validation: count,
      by: choice,
      train: folder.path("t.jsonl"),
      held: folder.path("v.jsonl"),
      threads: threads
    )
    func lines(_ name: String) throws -> [String] {
      try folder.text(name).split(separator: "\n").map { String($0) + "\n" }
    }
    let result = (train: try lines("t.jsonl"), held: try lines("v.jsonl"))
    #expect(counts.train == result.train.count)
    #expect(counts.validation == result.held.count)
    return result
  }

  @Test(arguments: [1, 7, 59])
  func countsAreExactAndNothingIsLostOrDoubled(_ count: Int) throws {
    let parts = try split(count)
    #expect(parts.held.count == count)
    #expect(Set(parts.train + parts.held) == Set((0..<60).map { line($0) }))
    #expect(parts.train.count == 60 - count)
    // Both are in the order of the files.
    let held = Set(parts.held)
    #expect(parts.held == (0..<60).map { line($0) }.filter { held.contains($0) })
  }

  @Test func theTailIsThatOfTheDocument() throws {
    let parts = try split(5, .tail)
    #expect(parts.train == (0..<55).map { line($0) })
    #expect(parts.held == (55..<60).map { line($0) })
  }

  @Test func theChoiceDependsOnSeedAndQueriesAlone() throws {
    let first = try split(10)
    #expect(try split(10, threads: 1) == first)
    #expect(try split(10, .seeded(43)).held != first.held)
    #expect(first.held != (try split(10, .tail)).held)
    // Other files, another order.
    for shard in 1..<3 {
      try FileManager.default.removeItem(atPath: folder.path("split0\(shard).jsonl"))
    }
    try write("split00.jsonl", (0..<60).reversed())
    #expect(try split(10).held == first.held.reversed())
    // A larger choice holds a smaller one.
    #expect(Set(try split(11).held).isSuperset(of: first.held))
  }

  @Test func shardsAreTakenByNumber() throws {
    for shard in [9, 10, 99, 100] {
      try write("split\(shard < 10 ? "0" : "")\(shard).jsonl", [shard + 1_000])
    }
    #expect(try split(4, .tail).held == [1_009, 1_010, 1_099, 1_100].map { line($0) })
  }

  @Test func recordsOfAQueryStayTogether() throws {
    try write("split00.jsonl", [1, 1, 2, 2, 3])
    for shard in 1..<3 {
      try FileManager.default.removeItem(atPath: folder.path("split0\(shard).jsonl"))
    }
    for seed in 0..<8 {
      let held = try split(3, .seeded(UInt64(seed))).held
      #expect(held == [line(1), line(1), line(3)] || held == [line(2), line(2), line(3)])
    }
    try write("split00.jsonl", [1, 1, 2, 2])
    expectFileError("queries have several records") { _ = try split(1) }
  }

  @Test func tokensAreSplitAsWell() throws {
    let lines = (0..<9).map {
      #"{"query": [\#($0)], "positives": [[1]], "negatives": []}"# + "\r\n"
    }
    try folder.file("split00.hn.jsonl", Array(lines.joined().utf8))
    let parts = try split(4, .seeded(1), .mined)
    #expect(parts.held.count == 4)
    #expect(parts.train.allSatisfy { !$0.contains("\r") })
  }

  @Test func whatCannotBeSplitIsSaid() throws {
    expectFileError("60 of 60 records for validation leave none to train on") { _ = try split(60) }
    try folder.file("split01.jsonl", Array((line(1) + "{\n").utf8))
    expectFileError("split01.jsonl: line 2") { _ = try split(3) }
    let mined = try RecordSplit(RecordFolder(folder.path, .mined))
    expectFileError("a name of the files that are split") {
      _ = try mined.write(
        validation: 0,
        by: .tail,
        train: folder.path("split07.hn.jsonl"),
        held: folder.path("v.jsonl"),
        threads: 1
      )
    }
    let other = try TemporaryFolder()
    expectFileError("holds no split00.jsonl", "needle prepare train") {
      _ = try RecordSplit(RecordFolder(other.path, .prepared))
    }
    try other.file("split00.hn.jsonl", Array(line(1).utf8))
    expectFileError("holds no split00.jsonl", "give --hn") {
      _ = try RecordSplit(RecordFolder(other.path, .prepared))
    }
  }
}
