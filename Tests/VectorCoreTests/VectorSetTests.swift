import Testing
import VectorCore

/// A source that implements only what it must, and counts its calls.
private struct PlainSource: VectorSource {
  let name = "plain"
  let count = 5
  let dimension = 2

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    for (place, row) in rows.enumerated() {
      guard row < 4 else { throw FileError(.badData, path: name, reason: "row \(row)") }
      destination[place * 2] = Float(row)
      destination[place * 2 + 1] = Float(row) + 0.5
    }
  }
}

@Suite("VectorSet")
struct VectorSetTests {
  private func values(_ set: VectorSet) throws -> [Float] {
    try set.allRows(preparedFor: .innerProduct)
  }

  @Test("rows of a range are copied")
  func ranges() throws {
    let set = VectorSet((0..<12).map { Float($0) }, dimension: 3)
    #expect(set.count == 4 && set.dimension == 3 && set.name == "memory")
    #expect(try values(set) == (0..<12).map { Float($0) })
    var part = [Float](repeating: 0, count: 6)
    var span = part.mutableSpan
    try set.copyRows(1..<3, preparedFor: .squaredL2, into: &span)
    #expect(part == [3, 4, 5, 6, 7, 8])
  }

  @Test("subsets take rows in any order, with their ids, and nest")
  func subsets() throws {
    let set = VectorSet((0..<10).map { Float($0) }, dimension: 2)
    let some = set.subset([4, 0, 2, 2])
    #expect(try values(some) == [8, 9, 0, 1, 4, 5, 4, 5])
    #expect(some.ids.explicit == [4, 0, 2, 2])
    let fewer = some.subset([3, 0])
    #expect(try values(fewer) == [4, 5, 8, 9])
    #expect(fewer.ids.explicit == [2, 4])
    #expect(try values(set.subset([])) == [])
  }

  @Test("a source that knows only ranges gives rows in any order too")
  func plainSource() throws {
    let set = VectorSet(PlainSource())
    #expect(try values(set.subset([3, 1, 1])) == [3, 3.5, 1, 1.5, 1, 1.5])
    #expect(throws: FileError.self) { try values(set.subset([0, 4])) }
  }

  @Test("a split holds out what the seed says, and nothing is lost")
  func split() throws {
    let set = VectorSet((0..<200).map { Float($0) }, dimension: 2)
    let (rest, held) = set.split(holdingOut: 30, seed: 5)
    #expect(rest.count == 70 && held.count == 30)
    let ids = try #require(rest.ids.explicit) + #require(held.ids.explicit)
    #expect(ids.sorted() == (0..<100).map { $0 })
    let heldValues = try values(held)
    for place in 0..<30 { #expect(heldValues[place * 2] == Float(held.ids[UInt32(place)] * 2)) }
    let again = set.split(holdingOut: 30, seed: 5)
    #expect(again.held.ids == held.ids)
    #expect(set.split(holdingOut: 30, seed: 6).held.ids != held.ids)
    #expect(set.split(holdingOut: 0, seed: 5).rest.count == 100)
    #expect(set.split(holdingOut: 100, seed: 5).rest.count == 0)
  }
}
