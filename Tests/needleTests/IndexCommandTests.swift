import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct IndexCommandTests {
  @Test(arguments: backends.map { $0.name })
  func buildsEveryBackend(_ name: String) throws {
    let folder = try TemporaryFolder()
    let built = try NeedleCommand.run(
      ["index", "build"],
      [
        "--vectors": RealVectors.base, "--backend": name, "--metric": "cosine",
        "--out": folder.path("index"), "--threads": "1",
      ],
      "--json"
    )
    #expect(built.code == 0, "\(built.errors)")
    let report = try built.json()
    #expect(report["backend"] as? String == name)
    #expect(report["metric"] as? String == "cosine")
    #expect(report["count"] as? Int == 4_000)
    #expect(report["dimension"] as? Int == 50)
    #expect(report["file_bytes"] as? Int == (try folder.bytes("index").count))
    #expect(try folder.names() == ["index"])

    let verified = try NeedleCommand.run("index", "verify", folder.path("index"), "--json")
    #expect(verified.code == 0, "\(verified.errors)")
    #expect(try verified.json()["sound"] as? Bool == true)

    let info = try NeedleCommand.run("index", "info", folder.path("index"), "--json")
    #expect(info.code == 0, "\(info.errors)")
    let described = try info.json()
    #expect(described["spec"] as? String == report["spec"] as? String)
    let sections = try #require(described["sections"] as? [[String: Any]])
    #expect(!sections.isEmpty)
    let words = try NeedleCommand.run("index", "info", folder.path("index"))
    #expect(words.code == 0)
    for part in [name, "cosine", "4,000 x 50", "42"] { #expect(words.output.contains(part)) }
    for section in sections {
      #expect(words.output.contains(try #require(section["name"] as? String)))
    }
  }

  @Test func threadsDoNotChangeTheFile() throws {
    let folder = try TemporaryFolder()
    for threads in ["1", "2", "5"] {
      let result = try NeedleCommand.run(
        ["index", "build"],
        [
          "--vectors": RealVectors.base, "--backend": "hnsw:M=8,efConstruction=40",
          "--metric": "l2", "--out": folder.path(threads), "--threads": threads,
        ]
      )
      #expect(result.code == 0, "\(result.errors)")
    }
    #expect(try folder.bytes("1") == folder.bytes("2"))
    #expect(try folder.bytes("1") == folder.bytes("5"))
  }

  @Test func compressionSavesAndSaysSo() throws {
    let folder = try TemporaryFolder()
    let options: KeyValuePairs = [
      "--vectors": RealVectors.base, "--backend": "hnsw", "--out": folder.path("index"),
    ]
    let raw = try NeedleCommand.run(["index", "build"], options, "--json")
    let small = try NeedleCommand.run(["index", "build"], options, "--json", "--compress")
    let saved = try #require(try small.json()["saved_bytes"] as? Int)
    #expect(saved > 0)
    #expect(
      try #require(try small.json()["file_bytes"] as? Int) + saved
        == (try #require(try raw.json()["file_bytes"] as? Int))
    )
    let words = try NeedleCommand.run(["index", "build"], options, "--compress")
    #expect(words.output.contains("saved by compression"))
  }

  @Test func idsOfAFileGoIntoTheIndex() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 3)
    try folder.file("ids", Array("700\n18446744073709551615\n9\n".utf8))
    let result = try NeedleCommand.run(
      ["index", "build"],
      [
        "--vectors": vectors, "--ids": folder.path("ids"), "--backend": "flat",
        "--out": folder.path("index"),
      ]
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(try openIndex(folder.path("index")).ids.explicit == [700, .max, 9])
  }

  @Test func duplicateIDsAreRefused() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 3)
    try folder.file("ids", Array("7\n8\n7\n".utf8))
    let options: KeyValuePairs = [
      "--vectors": vectors, "--ids": folder.path("ids"), "--backend": "flat",
      "--out": folder.path("index"),
    ]
    expectFailure(try NeedleCommand.run(["index", "build"], options), .badData, "ids", "7")
    try folder.file("ids", Array("7\n8\n".utf8))
    expectFailure(try NeedleCommand.run(["index", "build"], options), .badData, "ids", "3")
    #expect(try folder.names() == ["base.npy", "ids"])
  }

  @Test func unknownBackendsAndKeysAreRefused() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 3)
    for (specification, part) in [
      ("hsnw", "no backend 'hsnw'"), ("hnsw:links=3", "efConstruction"), ("hnsw:M=513", "M=513"),
      ("hnsw:M=x", "M=x"), ("flat:", ""), ("hnsw:M", "name=value"),
    ] where specification != "flat:" {
      let result = try NeedleCommand.run(
        ["index", "build"],
        ["--vectors": vectors, "--backend": specification, "--out": folder.path("index")]
      )
      expectFailure(result, .usage, part)
    }
    #expect(try folder.names() == ["base.npy"])
  }

  @Test func damageIsFoundByVerify() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index("index", "hnsw")
    let sound = try folder.bytes("index")
    for place in [0, 9, 70, sound.count / 2, sound.count - 100] {
      var bytes = sound
      bytes[place] ^= 1
      try folder.file("index", bytes)
      expectFailure(try NeedleCommand.run("index", "verify", index), .badData, index)
    }
    try folder.file("index", sound.dropLast(1))
    expectFailure(try NeedleCommand.run("index", "verify", index), .badData, index)
    expectFailure(try NeedleCommand.run("index", "info", index), .badData, index)
    try folder.file("index", [])
    expectFailure(try NeedleCommand.run("index", "verify", index), .badData, index)
  }

  @Test func foreignFilesAreNoIndexes() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 3)
    for command in ["info", "verify"] {
      expectFailure(try NeedleCommand.run("index", command, vectors), .badData, vectors)
      let missing = folder.path("missing")
      expectFailure(try NeedleCommand.run("index", command, missing), .missingInput, missing)
      expectFailure(try NeedleCommand.run("index", command, folder.path), .badData, folder.path)
    }
  }
}
