import Testing
import VectorCore

@Suite("NearestRows")
struct NearestRowsTests {
  @Test("threads fill in the results of their own queries")
  func writer() {
    var found = NearestRows(queryCount: 100, k: 3)
    found.write { writer in
      parallelFor(100, chunk: 7, threads: 4) { _, range in
        for query in range {
          let count = query % 4
          for rank in 0..<count {
            writer.set(query: query, rank: rank, row: UInt32(query + rank), distance: Float(rank))
          }
          writer.setCount(query: query, count)
        }
      }
    }
    for query in 0..<100 {
      let count = query % 4
      #expect(found.counts[query] == count)
      for rank in 0..<3 {
        #expect(found.rows[query * 3 + rank] == (rank < count ? UInt32(query + rank) : 0))
        #expect(found.distances[query * 3 + rank] == (rank < count ? Float(rank) : 0))
      }
    }
  }
}
