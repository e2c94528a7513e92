import Foundation
import Needletail
import TestSupport
import Testing

/// A segmented index through the command line.
@Suite struct SegmentCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, seed) in [("a", UInt64(1)), ("b", 2)] {
      _ = try folder.vectors("\(name).npy", count: 30, seed: seed)
    }
    try folder.file("a.ids", Array((0..<30).map { "doc-\($0)\n" }.joined().utf8))
    try folder.file("b.ids", Array((20..<50).map { "doc-\($0)\n" }.joined().utf8))
    try folder.file("gone", Array("doc-3\ndoc-40\n".utf8))
  }

  private func needle(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" \(line)", in: folder)
  }

  private func found() throws -> [[String]] {
    let result = try needle("search --index docs --queries a.npy --k 1 --out found.jsonl")
    #expect(result.code == 0, "\(result.errors)")
    return try folder.text("found.jsonl").split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["ids"] as? [String])
    }
  }

  @Test func staysInItsFiles() throws {
    let made = try needle("index add docs --vectors a.npy --ids a.ids --backend flat --metric l2")
    #expect(made.code == 0, "\(made.errors)")
    expectFailure(
      try needle("search --index docs --in-memory --queries a.npy --out found.jsonl"),
      .usage,
      "--in-memory is for an index file",
      "docs"
    )
    #expect(!FileManager.default.fileExists(atPath: folder.path("found.jsonl")))
  }

  @Test func growsAndShrinks() throws {
    let made = try needle("index add docs --vectors a.npy --ids a.ids --backend hnsw --metric l2")
    #expect(made.code == 0, "\(made.errors)")
    #expect(try found() == (0..<30).map { ["doc-\($0)"] })
    expectFailure(
      try needle("index add docs --vectors b.npy --ids b.ids"),
      .usage,
      "doc-20"
    )
    let updated = try needle("index update docs --vectors b.npy --ids b.ids --json")
    #expect(try updated.json()["count"] as? Int == 50)
    #expect(try updated.json()["deleted"] as? Int == 10)
    let deleted = try needle("index delete docs --ids gone")
    #expect(deleted.output.contains("48 vectors"), "\(deleted.output)\(deleted.errors)")
    let answers = try found()
    for row in 0..<20 where row != 3 { #expect(answers[row] == ["doc-\(row)"]) }
    #expect(answers[3] != ["doc-3"])
    expectFailure(try needle("index delete docs --ids gone"), .usage, "doc-3")
    #expect(try needle("index compact docs").code == 0)
    #expect(try found() == answers)
    try folder.file("few", Array("doc-1\ndoc-2\n".utf8))
    let filtered = try needle(
      "search --index docs --queries a.npy --k 5 --filter-ids few --out few.jsonl"
    )
    #expect(filtered.code == 0, "\(filtered.errors)")
    #expect(try !folder.text("few.jsonl").contains("doc-4"))
  }

  @Test func wrongRequestsAreRefused() throws {
    expectFailure(try needle("index add docs --vectors a.npy"), .missingInput, "--backend")
    let made = try needle("index add docs --vectors a.npy --backend flat")
    #expect(made.code == 0, "\(made.errors)")
    expectFailure(try needle("index add docs --vectors a.npy --metric l2"), .usage, "--metric")
    expectFailure(try needle("index add docs --vectors nothing.npy"), .missingInput, "nothing.npy")
    expectFailure(
      try needle("index add docs --vectors a.npy --ids a.ids"),
      .usage,
      "numbers, as the index has"
    )
    #expect(try needle("search --index docs --queries a.npy --out x --k 31").code == 64)
  }

  @Test func infoAndVerifyKnowFolders() throws {
    let made = try needle("index add docs --vectors a.npy --ids a.ids --backend hnsw --metric l2")
    #expect(made.code == 0, "\(made.errors)")
    #expect(try needle("index delete docs --ids one").code != 0)
    try folder.file("one", Array("doc-3\n".utf8))
    #expect(try needle("index delete docs --ids one").code == 0)
    let info = try needle("index info docs")
    for part in ["hnsw", "29 x 8", "words", "segment-1.needle", "flat"] {
      #expect(info.output.contains(part), "\(info.output)")
    }
    let report = try needle("index info docs --json").json()
    #expect(report["count"] as? Int == 29)
    let segments = try #require(report["segments"] as? [[String: Any]])
    #expect(segments.map { $0["deleted"] as? Int } == [1])
    let sound = try needle("index verify docs")
    #expect(sound.code == 0 && sound.output.contains("sound; 29 x 8"), "\(sound.output)")
    #expect(try needle("index verify docs --json").json()["count"] as? Int == 29)
    var bytes = try folder.bytes("docs/segment-1.needle")
    bytes[4_100] ^= 1
    try folder.file("docs/segment-1.needle", bytes)
    expectFailure(try needle("index verify docs"), .badData, "segment-1.needle")
  }

  @Test func refusedFirstVectorsLeaveNothing() throws {
    _ = try folder.vectors("zero.npy", [Float](repeating: 0, count: 16), dimension: 8)
    expectFailure(
      try needle("index add new --vectors zero.npy --backend flat --metric cosine"),
      .badData,
      "all-zero"
    )
    #expect(try !folder.names().contains("new"))
  }

  /// Attributes of several additions, one of them without, through changes and a compaction.
  @Test func filtersGoOverAllSegments() throws {
    let years = (0..<30).map { "{\"id\": \"doc-\($0)\", \"year\": \($0)}\n" }.joined()
    try folder.file("a.jsonl", Array(years.utf8))
    let later = (20..<50).map { "{\"id\": \"doc-\($0)\", \"year\": \($0).5, \"lang\": \"de\"}\n" }
    try folder.file("b.jsonl", Array(later.joined().utf8))
    _ = try folder.vectors("c.npy", count: 5, seed: 3)
    try folder.file("c.ids", Array((90..<95).map { "doc-\($0)\n" }.joined().utf8))
    let add = "index add docs --vectors"
    let made = try needle(
      "\(add) a.npy --ids a.ids --attributes a.jsonl --backend hnsw --metric l2"
    )
    #expect(made.code == 0, "\(made.errors)")
    #expect(try needle("\(add) c.npy --ids c.ids").code == 0)
    let updated = try needle("index update docs --vectors b.npy --ids b.ids --attributes b.jsonl")
    #expect(updated.code == 0, "\(updated.errors)")
    func matches(_ condition: String) throws -> Set<String> {
      let result = try needle(
        "search --index docs --queries a.npy --threshold 1e9 --out f.jsonl "
          + "--filter \"\(condition)\""
      )
      #expect(result.code == 0, "\(result.errors)")
      let line = try #require(try folder.text("f.jsonl").split(separator: "\n").first)
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return Set(try #require(object?["ids"] as? [String]))
    }
    func check() throws {
      // Documents 20 to 29 have the values that replaced theirs.
      #expect(try matches("year < 3 or year >= 49") == ["doc-0", "doc-1", "doc-2", "doc-49"])
      #expect(try matches("year == 20.5") == ["doc-20"])
      #expect(try matches("lang == 'de'") == Set((20..<50).map { "doc-\($0)" }))
      #expect(try matches("year is missing") == Set((90..<95).map { "doc-\($0)" }))
    }
    try check()
    #expect(try needle("index compact docs").code == 0)
    try check()
    let words = (0..<5).map { "{\"year\": \"x\($0)\"}\n" }.joined()
    try folder.file("words.jsonl", Array(words.utf8))
    try folder.file("d.ids", Array((95..<100).map { "doc-\($0)\n" }.joined().utf8))
    expectFailure(
      try needle("\(add) c.npy --ids d.ids --attributes words.jsonl"),
      .usage,
      "attribute 'year'",
      "text"
    )
    try check()
  }
}
