import Benchmarking
import Testing

struct ResultsTableTests {
  private func lines(_ records: [BenchmarkRecord], width: Int = 100) -> [String] {
    BenchmarkOutput.table(records, width: width).split(separator: "\n").map(String.init)
  }

  @Test func fitsAHundredColumns() {
    let lines = lines(SampleRecords.five)
    // Two lines of heading, five indexes and seventeen settings under a line of titles each.
    #expect(lines.count == 2 + 6 + 18)
    for line in lines.dropFirst(2) { #expect(line.count <= 100, "\(line)") }
    #expect(lines.allSatisfy { $0.last != " " })
  }

  @Test func columnsLineUp() throws {
    let rows = lines(SampleRecords.five).suffix(18)
    let head = try #require(rows.first)
    #expect(head.hasPrefix("index"))
    #expect(head.hasSuffix("batch queries/s"))
    #expect(rows.allSatisfy { $0.count == head.count })
    let hnsw = try #require(rows.dropFirst(2).first)
    #expect(hnsw.hasPrefix("hnsw         efSearch=16 "))
    #expect(hnsw.hasSuffix(" 74,900"))
  }

  @Test func cutsNamesButNoFigures() {
    let long = SampleRecords.records(
      "backend-with-a-name-far-longer-than-any-table-can-bear:M=1",
      build: 1,
      bytes: 1,
      added: 1,
      [("aParameterOfRemarkableLength=12345,another=678910", 0.5, 123_456, 654_321)]
    )
    let lines = lines(long)
    for line in lines.dropFirst(2) { #expect(line.count <= 100, "\(line)") }
    #expect(lines.last?.contains("…") == true)
    #expect(lines.last?.contains("123,456") == true)
    #expect(lines.last?.hasSuffix("654,321") == true)
  }

  @Test func nothingMakesNoTable() {
    #expect(BenchmarkOutput.table([]) == "no results\n")
  }
}
