import Encoding
import Foundation
import IndexStore
import Retrieval
import Synchronization
import TestSupport
import Testing
import VectorCore

/// What a process leaves that is ended at any moment, and what the next one makes of it.
@Suite("Interrupted encodings")
struct InterruptionTests {
  private let folder: TemporaryFolder
  private let file: TextFile

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.file("corpus.tsv", Array(sampleCorpus(100).utf8))
    file = try TextFile(path, role: .corpus)
  }

  private func encode(_ name: String, _ encoder: FakeEncoder = FakeEncoder()) throws {
    var options = CorpusEncoder<FakeEncoder>.Options()
    options.batchTokens = 1_000
    options.windowTexts = 16
    options.shardRows = 12
    let corpus = try CorpusEncoder(
      file,
      layout: TextLayout(of: file),
      encoder: encoder,
      settings: [],
      options: options
    )
    _ = try corpus.encode(to: folder.path(name))
  }

  /// The folder's files at the begin of each window, and at the end.
  private func snapshots() throws -> [[String: [UInt8]]] {
    let taken = Mutex<[[String: [UInt8]]]>([])
    let folder = self.folder
    let watching = FakeEncoder { _ in
      let contents = try folder.contents("whole")
      taken.withLock { if $0.last != contents { $0.append(contents) } }
    }
    try encode("whole", watching)
    return taken.withLock { $0 } + [try folder.contents("whole")]
  }

  private func check(_ state: [String: [UInt8]], gives wanted: [String: [UInt8]]) throws {
    let out = folder.path("out")
    try? FileManager.default.removeItem(atPath: out)
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: false)
    for (name, bytes) in state { try folder.file("out/" + name, bytes) }
    try encode("out")
    let found = try folder.contents("out")
    #expect(found == wanted, "from \(state.mapValues(\.count)): \(found.mapValues(\.count))")
  }

  @Test("every state between two manifests is gone on from")
  func everyWritePoint() throws {
    let states = try snapshots()
    // 7 windows, the manifest before the first of them, and the end.
    #expect(states.count == 8)
    let whole = try #require(states.last)
    for (before, after) in zip(states, states.dropFirst()) {
      let manifest = before["manifest.json"]
      // All of the next window is there, but the manifest does not say so: shards closed, too.
      var state = after
      state["manifest.json"] = manifest
      try check(state, gives: whole)
      // The ids are not there yet, or only in part.
      let ids = "ids.txt.partial"
      if let old = before[ids], let new = after[ids] {
        state[ids] = old
        try check(state, gives: whole)
        state[ids] = Array(new.prefix((old.count + new.count) / 2))
        try check(state, gives: whole)
      }
      // Shards came to be one after the other.
      for name in after.keys.sorted().reversed() where name.hasPrefix("vectors-") {
        if let bytes = state[name] {
          state[name] = Array(bytes.prefix(bytes.count / 2 + 70))
          if name.hasSuffix(".partial"), bytes.count > 200 { try check(state, gives: whole) }
        }
        let wasThere = before[name] ?? before[name + ".partial"]
        guard wasThere == nil else { break }
        state[name] = nil
        try check(state, gives: whole)
      }
      // A temporary file of the process that was ended.
      state = before
      state[".needle-123-0.tmp"] = [1, 2, 3]
      try check(state, gives: whole)
    }
  }

  @Test("a shard that got its final name before the manifest could tell is taken back")
  func renamedShard() throws {
    let states = try snapshots()
    let whole = try #require(states.last)
    var state = states[1]
    let open = try #require(state.keys.first { $0.hasSuffix(".npy.partial") })
    state[String(open.dropLast(".partial".count))] = state.removeValue(forKey: open)
    try check(state, gives: whole)
    // So are the ids, which get theirs at the very end.
    state = whole
    state["manifest.json"] = states[states.count - 2]["manifest.json"]
    try check(state, gives: whole)
  }

  @Test("files that are shorter than the manifest says are an error")
  func lostBytes() throws {
    let states = try snapshots()
    for name in try #require(states.dropFirst(2).first).keys where name.hasSuffix(".partial") {
      var state = states[2]
      state[name]?.removeLast()
      let out = folder.path("out")
      try? FileManager.default.removeItem(atPath: out)
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: false)
      for (name, bytes) in state { try folder.file("out/" + name, bytes) }
      let error = #expect(throws: FileError.self) { try encode("out") }
      #expect(error?.reason.contains("bytes, but the manifest says") == true)
    }
  }

  @Test("a set of which nothing was written yet may become another")
  func nothingWritten() throws {
    let first = try #require(try snapshots().first)
    let whole = try folder.contents("whole")
    var other = first
    let text = String(decoding: first["manifest.json"] ?? [], as: UTF8.self)
    other["manifest.json"] = Array(text.replacingOccurrences(of: "<text>", with: "<x>").utf8)
    #expect(other != first)
    try check(other, gives: whole)
  }

  @Test("two processes cannot write to one folder")
  func locked() throws {
    let folder = self.folder
    let meddling = FakeEncoder { batch in
      guard batch == 2 else { return }
      let error = #expect(throws: FileError.self) { try encode("whole") }
      #expect(error?.reason == "another process is writing vectors there")
    }
    try encode("whole", meddling)
    #expect(try VectorSet.open(folder.path("whole")).count == 100)
  }
}
