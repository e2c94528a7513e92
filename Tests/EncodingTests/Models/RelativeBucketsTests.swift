import Testing

@testable import Encoding

/// T5's buckets: values of `T5Attention._relative_position_bucket` of transformers.
@Suite("Relative buckets")
struct RelativeBucketsTests {
  @Test("32 buckets up to a distance of 128 are T5's")
  func standard() {
    let buckets = RelativeBuckets(count: 32, farthest: 128)
    // The first distance of every bucket before the query.
    let first = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]
    for distance in 0...300 {
      let bucket = Int32((first.lastIndex { $0 <= distance }) ?? 0)
      #expect(buckets.bucket(-distance) == bucket, "\(-distance)")
      if distance > 0 { #expect(buckets.bucket(distance) == bucket + 16, "\(distance)") }
    }
  }

  @Test("a table holds the buckets of all pairs")
  func table() {
    let buckets = RelativeBuckets(count: 8, farthest: 20)
    let table = buckets.table(7)
    #expect(table.count == 49)
    for query in 0..<7 {
      for key in 0..<7 {
        #expect(table[query * 7 + key] == buckets.bucket(key - query))
      }
    }
  }
}
