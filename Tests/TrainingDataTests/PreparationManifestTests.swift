import Foundation
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct PreparationManifestTests {
  @Test func theManifestSaysWhatWasReadAndWritten() throws {
    let set = try SmallSet()
    try set.file("split00.jsonl", ["a", "b"])
    try set.file("split01.jsonl", ["c"])
    var counts = PreparationCounts()
    counts.records = 3
    counts.relevant = 2
    var manifest = PreparationManifest(step: "prepare train", counts: counts)
    manifest.inputs = [("qrels", set.folder.path("split01.jsonl")), ("run", "/dev/null")]
    manifest.settings = [("seed", .number("42"))]
    let folder = RecordFolder(set.folder.path, .prepared)
    try manifest.write(to: folder, stores: set.stores)
    let first = try set.folder.bytes("manifest.json")
    let json = try JSON(parsing: first)
    #expect(json["step"]?.text == "prepare train")
    #expect(json["inputs"]?["qrels"]?["checksum"]?.text?.count == 16)
    #expect(json["inputs"]?["run"]?["checksum"] == .null)
    #expect(json["settings"]?["seed"]?.integer == 42)
    #expect(json["counts"]?["records"]?.integer == 3)
    #expect(json["counts"]?["negatives_that_are_positives"]?.integer == 2)
    #expect(json["stores"]?.list?.compactMap { $0["texts"]?.integer } == [20, 50])
    #expect(json["files"]?.list?.compactMap { $0["records"]?.integer } == [2, 1])
    try manifest.write(to: folder, stores: set.stores)
    #expect(try set.folder.bytes("manifest.json") == first)
  }

  @Test func countsAddUp() {
    var one = PreparationCounts()
    for path: WritableKeyPath<PreparationCounts, Int> in [
      \.records, \.positives, \.negatives, \.short, \.bare, \.unknownQueries, \.unjudgedQueries,
      \.unknownPassages, \.relevant, \.repeated, \.suspected, \.unranked, \.shallow, \.earlier,
    ] {
      one[keyPath: path] = 1
    }
    var sum = one
    sum += one
    #expect(sum.named.allSatisfy { $0.count == 2 })
    #expect(Set(sum.named.map(\.name)).count == 14)
  }
}
