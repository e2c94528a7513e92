import Testing
import VectorCore

@Suite("VectorIDs")
struct VectorIDsTests {
  @Test("row numbers need no memory")
  func rowNumbers() {
    #expect(VectorIDs.rowNumbers.explicit == nil)
    #expect(VectorIDs.rowNumbers[7] == 7)
    #expect(VectorIDs.rowNumbers.subset([9, 2]).explicit == [9, 2])
  }

  @Test("explicit ids keep their order")
  func explicit() throws {
    let ids = try VectorIDs([5, .max, 0])
    #expect(ids[1] == .max)
    #expect(ids.subset([2, 0]).explicit == [0, 5])
  }

  @Test("an id that stands twice is named with both rows")
  func duplicate() {
    let error = #expect(throws: IndexError.self) { try VectorIDs([4, 9, 4]) }
    #expect(error == .duplicateID(id: 4, firstRow: 0, secondRow: 2))
    #expect(error?.description == "id 4 stands at rows 0 and 2; ids must be unique")
  }
}
