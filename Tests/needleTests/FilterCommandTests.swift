import Foundation
import Needletail
import TestSupport
import Testing

/// Filters through the command line.
@Suite struct FilterCommandTests {
  /// An index of 200 vectors with years and languages.
  private func makeIndex(_ folder: TemporaryFolder, _ more: String = "") throws -> CommandResult {
    _ = try folder.vectors("base.npy", count: 200)
    let lines = (0..<200).map {
      "{\"year\": \(2000 + $0 / 10), \"lang\": \"\(["de", "en"][$0 % 2])\"}"
    }
    try folder.file("attributes.jsonl", Array((lines.joined(separator: "\n") + "\n").utf8))
    return try NeedleCommand.shell(
      "\"$needle\" index build --vectors base.npy --metric l2 --attributes attributes.jsonl "
        + "--backend hnsw --out docs.needle \(more)",
      in: folder
    )
  }

  private func search(_ folder: TemporaryFolder, _ more: String) throws -> CommandResult {
    _ = try folder.vectors("queries.npy", count: 5, seed: 9)
    return try NeedleCommand.shell(
      "\"$needle\" search --index docs.needle --queries queries.npy --k 20 --out found.jsonl \(more)",
      in: folder
    )
  }

  private func found(_ folder: TemporaryFolder) throws -> [[Int]] {
    try folder.text("found.jsonl").split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["ids"] as? [Int])
    }
  }

  @Test func aConditionFindsItsVectorsOnly() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder).code == 0)
    let result = try search(folder, "--filter \"year >= 2005 and lang == 'de'\"")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("filtered: "), "\(result.output)")
    let filter = RowFilter(count: 200) { $0 >= 50 && $0 % 2 == 0 }
    let expected = try openIndex(folder.path("docs.needle")).matching(filter)
      .search(VectorSet.open(folder.path("queries.npy"), role: .queries), k: 20)
    #expect(try found(folder) == (0..<5).map { expected[$0].map { Int($0.id) } })
    #expect(try found(folder).joined().allSatisfy { $0 >= 50 && $0 % 2 == 0 })
  }

  @Test func plansCanBeAskedFor() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder).code == 0)
    for (plan, name) in [("scan", "filter_scanned"), ("search", "filter_walked")] {
      let result = try search(folder, "--filter 'year >= 2002' --filter-plan \(plan) --json")
      #expect(result.code == 0, "\(result.errors)")
      #expect(try result.json()[name] as? Int == 5, "\(result.output)")
    }
    expectFailure(try search(folder, "--filter-plan scan"), .usage, "--filter-plan is for --filter")
    expectFailure(try search(folder, "--filter 'year > 1' --filter-plan walk"), .usage, "walk")
  }

  @Test func aTunedAndCompressedIndexKeepsItsAttributes() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder, "--recall 0.9 --recall-k 20 --compress").code == 0)
    #expect(try search(folder, "--filter 'year == 2003'").code == 0)
    #expect(try found(folder).allSatisfy { Set($0) == Set(30..<40) })
    let info = try NeedleCommand.run("index", "info", folder.path("docs.needle"))
    #expect(info.output.contains("year: integer"))
    #expect(info.output.contains("lang: text"))
  }

  @Test func listsOfIDsAreKeptOrLeftOut() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder).code == 0)
    try folder.file("few", Array("7\n3\n150\n".utf8))
    #expect(try search(folder, "--filter-ids few").code == 0)
    #expect(try found(folder).allSatisfy { Set($0) == [3, 7, 150] })
    #expect(try search(folder, "--exclude-ids few --filter 'year == 2000'").code == 0)
    #expect(try found(folder).allSatisfy { Set($0) == Set([0, 1, 2, 4, 5, 6, 8, 9]) })
  }

  @Test func aFilterWithoutMatchesGivesNothing() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder).code == 0)
    let result = try search(folder, "--filter 'year > 3000' --json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try found(folder) == Array(repeating: [], count: 5))
  }

  @Test func wrongFiltersAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect(try makeIndex(folder).code == 0)
    expectFailure(try search(folder, "--filter 'year = 3'"), .usage, "at byte 6")
    expectFailure(try search(folder, "--filter 'size == 3'"), .usage, "'size'", "year (integer)")
    try folder.file("wrong", Array("7\n200\n".utf8))
    expectFailure(try search(folder, "--filter-ids wrong"), .badData, "wrong", "line 2", "'200'")
    expectFailure(try search(folder, "--filter-ids nowhere"), .missingInput, "nowhere")
    #expect(!FileManager.default.fileExists(atPath: folder.path("found.jsonl")))
  }

  @Test func anIndexWithoutAttributesSaysSo() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    _ = try folder.vectors("queries.npy", count: 5, seed: 9)
    let result = try NeedleCommand.shell(
      "\"$needle\" search --index '\(index)' --queries queries.npy --out run --filter 'year == 3'",
      in: folder
    )
    expectFailure(result, .usage, "--attributes")
  }

  @Test func wrongAttributesAreRefusedBeforeTheBuild() throws {
    let folder = try TemporaryFolder()
    _ = try folder.vectors("base.npy", count: 20)
    try folder.file("attributes.tsv", Array("year\n1\n2\n".utf8))
    let result = try NeedleCommand.shell(
      "\"$needle\" index build --vectors base.npy --attributes attributes.tsv --backend flat "
        + "--out docs.needle",
      in: folder
    )
    expectFailure(result, .badData, "attributes.tsv", "2 lines for 20 vectors")
    #expect(!FileManager.default.fileExists(atPath: folder.path("docs.needle")))
  }
}
