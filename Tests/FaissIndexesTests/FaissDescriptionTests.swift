import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissDescriptionTests {
  @Test func overflowingVectorsAreErrors() throws {
    var base = gaussian(count: 10, dimension: 4)
    base[21] = 1e19
    #expect {
      try build(FaissFlatBackend.self, base, dimension: 4)
    } throws: {
      let error = $0 as? FaissError
      return error?.code == .tooLong && error?.description.contains("memory: row 5:") == true
    }
    base[21] = 0
    let index = try build(FaissFlatBackend.self, base, dimension: 4)
    #expect(throws: FaissError.self) { try index.search([0, 0, 0, 1e20].span, k: 1) }
  }
}
