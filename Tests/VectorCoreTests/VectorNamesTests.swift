import Testing
import VectorCore

@Suite("VectorNames")
struct VectorNamesTests {
  @Test("names keep their order")
  func order() throws {
    let names = try VectorNames(["b", "a", "caf\u{E9}", "007"])
    #expect(names.count == 4)
    #expect((0..<4).map { names[$0] } == ["b", "a", "caf\u{E9}", "007"])
    #expect(names.byteCount == 5 * 8 + 10)
  }

  @Test("a name that stands twice is named with both rows")
  func duplicate() {
    let error = #expect(throws: IndexError.self) {
      try VectorNames((0..<1_000).map { "doc\($0)" } + ["doc7", "doc8"])
    }
    #expect(error == .duplicateName(name: "doc7", firstRow: 7, secondRow: 1_000))
    #expect(error?.description == "id 'doc7' stands at rows 7 and 1000; ids must be unique")
  }

  @Test("offsets from a file must rise from 0 to the number of bytes")
  func offsets() {
    func names(_ offsets: [UInt64]) -> VectorNames? {
      VectorNames(offsets: SharedArray(offsets), bytes: SharedArray(Array("abcd".utf8)))
    }
    #expect(names([0, 1, 4])?[1] == "bcd")
    for bad in [[], [1, 4], [0, 3], [0, 5], [0, 3, 2, 4], [0, .max, 4]] as [[UInt64]] {
      #expect(names(bad) == nil, "\(bad)")
    }
  }

  @Test("rows are found by names, by their bytes")
  func rows() throws {
    let names = try VectorNames((0..<500).map { "doc\($0)" } + ["caf\u{E9}", "cafe\u{301}"])
    let ids = VectorIDs(names: names)
    let asked = ["doc7", "cafe\u{301}", "doc7", "", "doc", "doc499", "caf\u{E9}", "doc500"]
    #expect(ids.rows(of: asked, count: 502) == [7, 501, 7, nil, nil, 499, 500, nil])
    #expect(ids.rows(of: [], count: 502).isEmpty)
  }

  @Test("rows are found by numbers as they are written")
  func rowsOfNumbers() throws {
    let asked = ["7", "007", "x", "7", "-1", "18446744073709551616", "3"]
    #expect(VectorIDs.rowNumbers.rows(of: asked, count: 7) == [nil, nil, nil, nil, nil, nil, 3])
    #expect(VectorIDs.rowNumbers.rows(of: asked, count: 8) == [7, nil, nil, 7, nil, nil, 3])
    let explicit = try VectorIDs([3, 9, 7])
    #expect(explicit.rows(of: asked, count: 3) == [2, nil, nil, 2, nil, nil, 0])
  }

  @Test("ids with names are row numbers, whose subset has no names")
  func ids() throws {
    let ids = VectorIDs(names: try VectorNames(["x", "y"]))
    #expect(ids.count == 2)
    #expect(ids[1] == 1)
    #expect(ids.text(of: 1) == "y")
    #expect(ids.text(of: 2) == "2")
    #expect(ids.subset([1]).explicit == [1])
    #expect(ids.subset([1]).names == nil)
    #expect(VectorIDs.rowNumbers.text(of: 9) == "9")
    #expect(try VectorIDs([70]).text(of: 70) == "70")
  }
}
