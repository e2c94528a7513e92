import Foundation
import Needletail
import TestSupport
import Testing

/// `--max-memory`: what is too large is refused before it begins, with what would fit.
@Suite struct MemoryLimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.vectors("base.npy", count: 200_000, dimension: 16)
    _ = try folder.vectors("queries.npy", count: 5, dimension: 16, seed: 9)
  }

  private func needle(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" \(line)", in: folder)
  }

  @Test func aBuildSaysHowManyVectorsFit() throws {
    let build = "index build --vectors base.npy --backend flat --metric l2 --out docs.needle"
    let refused = try needle("\(build) --max-memory 30M")
    expectFailure(refused, .usage, "--max-memory allows", "of the 200,000 vectors would fit")
    #expect(try folder.names() == ["base.npy", "queries.npy"])
    let words = refused.errors.split(separator: ";")[1].split(separator: " ")
    let number = words[0].filter(\.isNumber)
    let fits = try #require(Int(number))
    #expect((50_000...150_000).contains(fits), "\(refused.errors)")
    _ = try folder.vectors("fewer.npy", count: fits, dimension: 16)
    let fewer = try needle(
      "index build --vectors fewer.npy --backend flat --metric l2 --out docs.needle --max-memory 30M"
    )
    #expect(fewer.code == 0, "\(fewer.errors)")
  }

  /// Attributes count, and duplicates are left out only where the whole set's index may be built.
  @Test func attributesAndDuplicatesAreHeldToTheLimit() throws {
    let build = "index build --vectors base.npy --backend flat --metric l2 --out docs.needle"
    let lines = (0..<200_000).map { #"{"year": \#($0), "price": \#($0).5, "lang": "de"}"# + "\n" }
    try folder.file("base.jsonl", Array(lines.joined().utf8))
    #expect(try needle("\(build) --max-memory 38M").code == 0)
    let attributes = "--attributes base.jsonl"
    expectFailure(
      try needle("\(build) \(attributes) --max-memory 38M"),
      .usage,
      "--max-memory allows",
      "vectors would fit"
    )
    let planned = try needle("\(build) \(attributes) --dry-run --json").json()
    let part = try #require(
      (planned["sections"] as? [[String: Any]])?.first { $0["name"] as? String == "attributes" }
    )
    // Two columns of 8 bytes, one of 4, and a bit each for a value that is there.
    let bytes = try #require(part["bytes"] as? Int)
    #expect((200_000 * 20 + 75_000...200_000 * 20 + 76_000).contains(bytes))
    #expect(try needle("\(build) \(attributes) --max-memory 1G").code == 0)
    let size = try folder.bytes("docs.needle").count
    let expected = try #require(planned["file_bytes"] as? Int)
    #expect(abs(size - expected) < 100_000, "\(size), \(expected) expected")

    expectFailure(try needle("\(build) --dedupe 0 --max-memory 30M"), .usage, "--max-memory allows")
    // All are compared with all: fewer of them.
    _ = try folder.vectors("few.npy", count: 2_000, dimension: 16)
    let fewer = build.replacing("base.npy", with: "few.npy")
    #expect(try needle("\(fewer) --dedupe 0 --max-memory 100M").code == 0)
  }

  @Test func aSearchAndACompactionAreRefusedToo() throws {
    let build = "index build --vectors base.npy --backend flat --metric l2 --out docs.needle"
    #expect(try needle("\(build) --max-memory 1G").code == 0)
    let search = "search --index docs.needle --queries queries.npy --k 3 --out found.trec"
    expectFailure(
      try needle("\(search) --max-memory 30M"),
      .usage,
      "searching docs.needle takes about",
      "--bytes-per-vector"
    )
    #expect(try needle("\(search) --max-memory 100M").code == 0)
    #expect(
      try needle("index add living --vectors base.npy --backend flat --metric l2").code == 0
    )
    _ = try folder.vectors("more.npy", count: 100, dimension: 16, seed: 2)
    #expect(try needle("index add living --vectors more.npy").code == 0)
    let living = "search --index living --queries queries.npy --k 3 --out living.trec"
    expectFailure(try needle("\(living) --max-memory 30M"), .usage, "searching living")
    #expect(try needle("\(living) --max-memory 100M").code == 0)
    expectFailure(try needle("index compact living --max-memory 30M"), .usage, "compacting living")
    #expect(try needle("index compact living --max-memory 200M").code == 0)
  }
}
