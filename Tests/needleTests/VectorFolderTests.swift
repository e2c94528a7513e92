import Foundation
import IndexStore
import Needletail
import TestSupport
import Testing

/// Folders of vectors, and ids that are words, in the commands.
@Suite struct VectorFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a set as `needle encode` would.
  private func vectors(_ name: String, ids: [String], seed: UInt64) throws -> [Float] {
    let values = seededValues(count: ids.count, dimension: 8, seed: seed)
    let empty = VectorSetManifest(
      dimension: 8,
      element: .float32,
      shardRows: 25,
      slice: nil,
      settings: []
    )
    let writer = try VectorSetWriter(folder.path(name), continuing: empty)
    try writer.append(values.span, ids: ids)
    try writer.finish()
    return values
  }

  private func run(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" " + line, in: folder)
  }

  private let words = (0..<60).map { "doc-\($0)" }

  @Test(arguments: backends.map { $0.name }) func namesStandInRuns(_ backend: String) throws {
    // The product quantizer of IVF-PQ trains with 256 vectors or more.
    let names = (0..<300).map { "doc-\($0)" }
    _ = try vectors("base", ids: names, seed: 1)
    _ = try vectors("asked", ids: ["q-1", "q-2"], seed: 2)
    let built = try run("index build --vectors base --backend \(backend) --out index")
    #expect(built.code == 0, "\(built.errors)")
    let index = try openIndex(folder.path("index"))
    #expect(index.ids.names == (try VectorNames(names)))
    let queries = try VectorSet.open(folder.path("asked"))
    let found = try index.search(queries, k: 3)

    let searched = try run("search --index index --queries asked --k 3 --out run.trec")
    #expect(searched.code == 0, "\(searched.errors)")
    let lines = try folder.text("run.trec").split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.map { $0[0] } == ["q-1", "q-1", "q-1", "q-2", "q-2", "q-2"])
    #expect(lines.map { String($0[2]) } == found.ids.map { names[Int($0)] })
  }

  @Test func jsonHasNamesAndMatricesHaveRows() throws {
    let values = try vectors("base", ids: words, seed: 1)
    #expect(try run("index build --vectors base --backend flat --out index").code == 0)
    let queries = try folder.vectors("q.npy", Array(values[..<16]), dimension: 8)
    let found = try openIndex(folder.path("index")).search(VectorSet.open(queries), k: 2)
    #expect(try run("search --index index --queries q.npy --k 2 --out a.jsonl").code == 0)
    let lines = try folder.text("a.jsonl").split(separator: "\n")
    let first = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
    #expect(first?["ids"] as? [String] == found[0].map { words[Int($0.id)] })
    #expect(try run("search --index index --queries q.npy --k 2 --out a.ivecs").code == 0)
    #expect(try IntegerRows.open(folder.path("a.ivecs")).values == found.ids.map { Int($0) })
  }

  @Test func numericIDsStayNumbers() throws {
    _ = try vectors("base", ids: (0..<60).map { "\(1_000 - $0)" }, seed: 1)
    #expect(try run("index build --vectors base --backend flat --out index").code == 0)
    let index = try openIndex(folder.path("index"))
    #expect(index.ids.explicit == (0..<60).map { UInt64(1_000 - $0) })
    #expect(index.ids.names == nil)
  }

  @Test func idsOfAFileMayBeWords() throws {
    _ = try folder.vectors("base.npy", count: 3)
    try folder.file("ids", Array("a\n007\n\u{E9}t\u{E9}\n".utf8))
    let built = try run("index build --vectors base.npy --ids ids --backend hnsw --out index")
    #expect(built.code == 0, "\(built.errors)")
    #expect(try openIndex(folder.path("index")).ids.text(of: 1) == "007")
    let info = try run("index info index")
    #expect(info.output.contains("row numbers with names, from 'a' to '\u{E9}t\u{E9}'"))
    #expect(try run("index info index --json").json()["names"] as? Bool == true)
    #expect(try run("index verify index").code == 0)
  }

  @Test func namesSurviveTuningAndCompression() throws {
    let names = (0..<600).map { "doc-\($0)" }
    _ = try vectors("base", ids: names, seed: 1)
    let built = try run(
      "index build --vectors base --backend ivf --recall 0.9 --compress --out index"
    )
    #expect(built.code == 0, "\(built.errors)")
    let index = try openIndex(folder.path("index"))
    #expect(index is TunedIndex)
    #expect(index.ids.names == (try VectorNames(names)))
  }

  @Test func everyCommandTakesFolders() throws {
    _ = try vectors("base", ids: words, seed: 1)
    _ = try vectors("asked", ids: ["a", "b", "c"], seed: 2)
    for line in [
      "ground-truth --vectors base --queries asked --k 5 --out truth.ivecs",
      "knn --vectors base --k 5 --out graph.ivecs",
      "bench --vectors base --queries asked --backend flat --k 5 --out report",
    ] {
      let result = try run(line)
      #expect(result.code == 0, "\(line): \(result.errors)")
    }
    #expect(try IntegerRows.open(folder.path("truth.ivecs")).count == 3)
  }

  @Test func verifyChecksFolders() throws {
    _ = try vectors("base", ids: words, seed: 1)
    let sound = try run("index verify base")
    #expect(sound.code == 0, "\(sound.errors)")
    #expect(sound.output.contains("sound; 60 x 8 vectors"))
    #expect(try run("index verify base --json").json()["files"] as? Int == 4)
    for (name, place) in [("vectors-00001.npy", 200), ("ids.txt", 0)] {
      var bytes = try folder.bytes("base/" + name)
      bytes[place] ^= 1
      try folder.file("base/" + name, bytes)
      expectFailure(try run("index verify base"), .badData, name, "its checksum is")
      bytes[place] ^= 1
      try folder.file("base/" + name, bytes)
    }
  }

  @Test func interruptedFoldersAreRefused() throws {
    let empty = VectorSetManifest(
      dimension: 8,
      element: .float16,
      shardRows: 25,
      slice: nil,
      settings: []
    )
    let writer = try VectorSetWriter(folder.path("base"), continuing: empty)
    try writer.append(seededValues(count: 60, dimension: 8, seed: 1).span, ids: words)
    let line = "index build --vectors base --backend flat --out index"
    expectFailure(try run(line), .badData, "interrupted after 60 vectors", "needle encode")
    try writer.finish()
    #expect(try run(line).code == 0)
  }
}
