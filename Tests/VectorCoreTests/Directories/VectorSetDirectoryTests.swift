import Foundation
import TestSupport
import Testing
import VectorCore

@Suite("Folders of vectors")
struct VectorSetDirectoryTests {
  private let folder: TemporaryFolder
  private let checksum = "0123456789abcdef"

  init() throws { folder = try TemporaryFolder() }

  /// A set of five vectors in shards of two.
  private func manifest() -> VectorSetManifest {
    var manifest = VectorSetManifest(
      dimension: 3,
      element: .float32,
      shardRows: 2,
      slice: nil,
      settings: [.init("model", "m"), .init("template", "<title> \"<text>\"")]
    )
    manifest.count = 5
    manifest.shards = [2, 2, 1].map { .init(rows: $0, checksum: checksum) }
    manifest.idBytes = 10
    manifest.idChecksum = checksum
    manifest.isComplete = true
    return manifest
  }

  private func write(
    _ name: String,
    _ manifest: VectorSetManifest,
    ids: String = "a\nb\nc\nd\ne\n",
    first: Float = 0
  ) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder.path(name),
      withIntermediateDirectories: true
    )
    try folder.file(name + "/manifest.json", manifest.encoded)
    try folder.file(name + "/ids.txt", Array(ids.utf8))
    var next = first
    for (place, shard) in manifest.shards.enumerated() {
      let values = (0..<shard.rows * 3).map { _ in
        defer { next += 1 }
        return next
      }
      try FloatRows(values, columns: 3)
        .write(to: folder.path(name + "/" + VectorSetManifest.shardName(place)))
    }
    return folder.path(name)
  }

  private func failure(_ path: String) -> FileError? {
    do {
      _ = try VectorSet.open(path)
      return nil
    } catch {
      return error
    }
  }

  private func rows(_ copy: (inout MutableSpan<Float>) throws -> Void) throws -> [Float] {
    var rows = [Float](repeating: 0, count: 9)
    var span = rows.mutableSpan
    try copy(&span)
    return rows
  }

  @Test("shards are one set; ids are names, numbers or the rows")
  func opens() throws {
    let set = try VectorSet.open(try write("set", manifest()) + "/")
    #expect(set.count == 5)
    #expect(set.name == folder.path("set"))
    #expect(try set.allRows(preparedFor: .innerProduct) == (0..<15).map { Float($0) })
    #expect(set.ids.names == (try VectorNames(["a", "b", "c", "d", "e"])))
    let places: [UInt32] = [4, 0, 3]
    #expect(
      try rows { try set.source.copyRows(at: places.span, into: &$0) }
        == [12, 13, 14, 0, 1, 2, 9, 10, 11]
    )
    #expect(try rows { try set.source.copyRows(1..<4, into: &$0) } == (3..<12).map { Float($0) })

    let numbers = try VectorSet.open(try write("numbers", manifest(), ids: "9\n8\n7\n6\n5\n"))
    #expect(numbers.ids.explicit == [9, 8, 7, 6, 5])
    let counted = try VectorSet.open(try write("counted", manifest(), ids: "0\n1\n2\n3\n4\n"))
    #expect(counted.ids == .rowNumbers)
    let given = try folder.file("ids", Array("v\nw\nx\ny\nz\n".utf8))
    #expect(try VectorSet.open(folder.path("set"), ids: given).ids.text(of: 4) == "z")
  }

  @Test("a manifest is read as it was written")
  func roundTrip() throws {
    var partial = manifest()
    partial.isComplete = false
    partial.shards[2].checksum = nil
    partial.idChecksum = nil
    partial.slice = .init(index: 1, count: 3)
    for (name, manifest) in [("whole", manifest()), ("partial", partial)] {
      _ = try write(name, manifest)
      #expect(try VectorSetManifest(folder: folder.path(name)) == manifest)
    }
  }

  @Test("an interrupted encoding is named, with the remedy")
  func incomplete() throws {
    var partial = manifest()
    partial.isComplete = false
    let error = failure(try write("set", partial))
    #expect(error?.kind == .badData)
    #expect(error?.reason == "is incomplete: needle encode was interrupted after 5 vectors")
    #expect(error?.remedy?.contains("run the same 'needle encode' again") == true)
  }

  @Test("missing and foreign files are named")
  func files() throws {
    let path = try write("set", manifest())
    for name in ["vectors-00001.npy", "ids.txt", "manifest.json"] {
      let bytes = try folder.bytes("set/" + name)
      try FileManager.default.removeItem(atPath: path + "/" + name)
      #expect(failure(path)?.kind == .missingInput, "\(name)")
      try folder.file("set/" + name, bytes)
    }
    #expect(failure(path) == nil)
    try FloatRows([1, 2, 3], columns: 3).write(to: path + "/vectors-00001.npy")
    #expect(
      failure(path)?.reason.contains("holds 1 x 3 of f32, but the manifest says 2 x 3") == true
    )
    try FloatRows([1, 2, 3, 4], columns: 2).write(to: path + "/vectors-00001.npy")
    #expect(failure(path)?.reason.contains("holds 2 x 2 of f32") == true)
    let ids = failure(try write("ids", manifest(), ids: "a\nb\nc\nd\n"))
    #expect(ids?.reason.contains("4 ids, but") == true)
    #expect(failure(try write("twice", manifest(), ids: "a\nb\nc\nd\na\n"))?.place == "line 5")
  }

  @Test(
    "each field of a manifest is checked",
    arguments: [
      ("\"needletail vector set\"", "\"other\"", "'format': is 'other'"),
      ("\"version\": 1", "\"version\": 2", "has version 2, which this Needletail does not know"),
      ("\"version\": 1", "\"version\": \"1\"", "'version': is a text"),
      ("\"complete\"", "\"done\"", "'state': is 'done', not 'partial' or 'complete'"),
      ("\"count\": 5", "\"count\": 6", "'count': is 6, but the shards have 5 rows"),
      ("\"count\": 5", "\"count\": -5", "'count': is -5"),
      ("\"count\": 5", "\"count\": 5.0", "'count': is 5.0"),
      ("\"count\": 5", "\"count\": 99999999999999999999", "'count': is 99999999999999999999"),
      ("\"dimension\": 3", "\"dimension\": 0", "'dimension': is 0"),
      ("\"f32\"", "\"f64\"", "'dtype': is 'f64'"),
      ("\"rows_per_shard\": 2", "\"rows_per_shard\": 0", "'rows_per_shard': is 0"),
      ("\"rows_per_shard\": 2", "\"rows_per_shard\": 3", "shard 0 has 2 of 3 rows"),
      ("\"slice\": null", "\"slice\": 7", "'slice': is no object"),
      ("\"slice\": null", "\"slice\": {\"index\": 3, \"of\": 3}", "'slice.index': is 3"),
      ("\"slice\": null", "\"slice\": {\"index\": 0}", "'slice.of': is missing"),
      ("\"slice\": null,", "", "'slice': is missing"),
      ("\"model\": \"m\"", "\"model\": 1", "'settings.model': is a number, not a text"),
      ("\"ids.txt\"", "\"../ids.txt\"", "'ids.file': is '../ids.txt'"),
      ("\"bytes\": 10", "\"bytes\": null", "'ids.bytes': is null"),
      ("vectors-00001.npy", "vectors-00000.npy", "'shards[1].file': is 'vectors-00000.npy'"),
      ("\"rows\": 1", "\"rows\": 0", "'shards[2].rows': is 0"),
      ("\"0123456789abcdef\"", "\"0123\"", "is no checksum of 16 hexadecimal digits"),
      ("\"0123456789abcdef\"", "null", "is complete without vectors or ids"),
      ("\"count\"", "\"extra\": 1, \"count\"", "has a member 'extra'"),
      ("{", "[", "is no JSON"),
    ]
  )
  func fields(from: String, to: String, message: String) throws {
    let path = try write("set", manifest())
    let text = try folder.text("set/manifest.json")
    let range = try #require(text.range(of: from))
    try folder.file("set/manifest.json", Array(text.replacingCharacters(in: range, with: to).utf8))
    let error = failure(path)
    #expect(error?.kind == .badData)
    #expect(error?.path == path + "/manifest.json")
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test("a manifest that is cut, or has a wrong byte, gives an error or a readable set")
  func damage() throws {
    let path = try write("set", manifest())
    let bytes = try folder.bytes("set/manifest.json")
    for length in stride(from: 0, to: bytes.count - 2, by: 3) {
      try folder.file("set/manifest.json", bytes[..<length])
      #expect(failure(path)?.kind == .badData, "\(length) bytes")
    }
    for place in stride(from: 0, to: bytes.count, by: 3) {
      for byte in [0xFF, 0x00, bytes[place] ^ 0x01] as [UInt8] {
        var damaged = bytes
        damaged[place] = byte
        try folder.file("set/manifest.json", damaged)
        if byte == 0xFF { #expect(failure(path)?.kind == .badData, "byte \(place)") }
        if let error = failure(path) { #expect(error.kind != .internal) }
      }
    }
  }

  @Test("slices are joined in their order")
  func slices() throws {
    var part = manifest()
    for (index, ids) in ["a\nb\nc\nd\ne\n", "1\n2\n3\n4\n5\n"].enumerated() {
      part.slice = .init(index: index, count: 2)
      _ = try write("all/slice-\(index)-of-2", part, ids: ids, first: Float(100 * index))
    }
    let set = try VectorSet.open(folder.path("all"))
    #expect(set.count == 10)
    #expect(set.ids.names == (try VectorNames(["a", "b", "c", "d", "e", "1", "2", "3", "4", "5"])))
    let rows = try set.allRows(preparedFor: .innerProduct)
    #expect(rows == (0..<15).map { Float($0) } + (100..<115).map { Float($0) })

    try folder.file("all/slice-1-of-2/ids.txt", Array("x\na\ny\nz\nw\n".utf8))
    #expect(
      failure(folder.path("all"))?.reason
        == "id 'a' stands at rows 0 and 6; ids must be unique"
    )
  }

  @Test("slices that do not belong together are refused")
  func foreignSlices() throws {
    var part = manifest()
    part.slice = .init(index: 0, count: 2)
    _ = try write("all/slice-0-of-2", part)
    #expect(failure(folder.path("all"))?.reason == "the slice slice-1-of-2 is missing")
    _ = try write("all/slice-1-of-2", part, ids: "f\ng\nh\ni\nj\n")
    #expect(failure(folder.path("all"))?.reason == "its manifest is another slice's")
    part.slice = .init(index: 1, count: 2)
    part.settings = [.init("model", "other")]
    _ = try write("all/slice-1-of-2", part, ids: "f\ng\nh\ni\nj\n")
    #expect(failure(folder.path("all"))?.reason.contains("with other settings than") == true)
    part.settings = manifest().settings
    _ = try write("all/slice-1-of-2", part, ids: "f\ng\nh\ni\nj\n")
    #expect(failure(folder.path("all")) == nil)
    _ = try write("all/slice-2-of-3", part)
    #expect(failure(folder.path("all"))?.reason.contains("is a slice of another set") == true)
  }
}
