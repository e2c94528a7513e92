import Retrieval
import Testing

@Suite("SeenIDs")
struct SeenIDsTests {
  @Test("each id is new once, however the table grows")
  func insertions() {
    var seen = SeenIDs()
    let ids = (0..<20_000).map { "doc\($0)" } + [""]
    let first = ids.map { seen.insert($0) }
    let second = ids.map { seen.insert($0) }
    #expect(first.allSatisfy { $0 })
    #expect(!second.contains(true))
  }
}
