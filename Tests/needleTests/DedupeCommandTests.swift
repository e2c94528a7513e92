import Foundation
import Needletail
import TestSupport
import Testing

/// `index build --dedupe`.
@Suite struct DedupeCommandTests {
  private let folder: TemporaryFolder

  /// 60 vectors, of which rows 50 to 59 are rows 0 to 9 again.
  init() throws {
    folder = try TemporaryFolder()
    var values = seededValues(count: 50, dimension: 8, seed: 1)
    values += values[..<80]
    try FloatRows(values, columns: 8).write(to: folder.path("base.npy"), as: .float32)
    try folder.file("ids", Array((0..<60).map { "w\($0)\n" }.joined().utf8))
    let years = (0..<60).map { "{\"year\": \($0)}\n" }.joined()
    try folder.file("years.jsonl", Array(years.utf8))
  }

  private func build(_ more: String) throws -> CommandResult {
    try NeedleCommand.shell(
      "\"$needle\" index build --vectors base.npy --metric cosine --out docs.needle \(more)",
      in: folder
    )
  }

  @Test(arguments: ["flat", "hnsw"])
  func leavesCopiesOutAndListsThem(backend: String) throws {
    let result = try build(
      "--backend \(backend) --ids ids --attributes years.jsonl --dedupe 0.9999 --duplicates out.tsv --json"
    )
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["duplicates"] as? Int == 10)
    #expect(report["count"] as? Int == 50)
    let lines = try folder.text("out.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines.map { "\($0[0])" } == (50..<60).map { "w\($0)" })
    #expect(lines.map { "\($0[1])" } == (0..<10).map { "w\($0)" })
    #expect(lines.allSatisfy { Float($0[2]).map { $0 > 0.9999 } ?? false })
    // The attributes are those of the vectors that stayed.
    let index = try openIndex(folder.path("docs.needle"))
    let table = try #require(try IndexFile.open(folder.path("docs.needle")).attributeTable())
    let column = try #require(table["year"])
    guard case .integers(let years) = column.values else {
      Issue.record("years are \(column.values.typeName)")
      return
    }
    #expect((0..<50).map { years[$0] } == (0..<50).map { Int64($0) })
    #expect(index.ids.names?[49] == "w49")
  }

  @Test func withoutCopiesTheIndexIsThatOfTheSet() throws {
    #expect(try build("--backend hnsw").code == 0)
    let plain = try folder.bytes("docs.needle")
    let result = try build("--backend hnsw --dedupe 1.5")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("0 duplicates left out"), "\(result.output)")
    #expect(try folder.bytes("docs.needle") == plain)
  }

  @Test func wrongUseIsRefused() throws {
    expectFailure(try build("--backend flat --duplicates out.tsv"), .usage, "--dedupe")
    expectFailure(try build("--backend flat --dedupe nan"), .usage, "finite")
    expectFailure(
      try build("--backend flat --dedupe 0.9 --duplicates docs.needle"),
      .usage,
      "docs.needle"
    )
    #expect(try !folder.names().contains("docs.needle"))
  }
}
