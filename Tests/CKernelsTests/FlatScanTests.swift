import CKernels
import TestSupport
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private struct Found: Equatable {
  let row: UInt32
  let score: Float
}

/// Scans `vectors` for every query at once and returns each query's best `k`.
private func scan(
  _ level: needle_simd,
  _ metric: Metric,
  vectors: [Float],
  queries: [Float],
  dimension: Int,
  k: Int,
  misalignedBy shift: Int = 0
) -> [[Found]] {
  let kernels = unsafe needle_flat_kernels_for(level).pointee
  let tile = kernels.queries_per_tile
  let lanes = Int(needle_panel_lanes)
  let rows = vectors.count / dimension
  let queryCount = queries.count / dimension
  precondition(queryCount <= tile)
  var panels = [Float](repeating: 0, count: (rows + lanes - 1) / lanes * lanes * dimension + shift)
  var packed = [Float](repeating: 0, count: dimension * tile)
  let capacity = k + lanes
  var keys = [UInt64](repeating: 0, count: queryCount * capacity)
  var found: [[Found]] = []
  unsafe panels.withUnsafeMutableBufferPointer { panels in
    unsafe packed.withUnsafeMutableBufferPointer { packed in
      unsafe keys.withUnsafeMutableBufferPointer { keys in
        guard let panels = panels.baseAddress, let packed = packed.baseAddress,
          let keys = keys.baseAddress
        else { return }
        unsafe needle_pack_panels(vectors, rows, dimension, 0, panels + shift)
        unsafe needle_pack_queries(queries, queryCount, dimension, tile, packed)
        var hits = unsafe (0..<queryCount).map { query in
          unsafe needle_hits(
            keys: keys + query * capacity,
            capacity: UInt32(capacity),
            count: 0,
            k: UInt32(k),
            threshold: .nan
          )
        }
        unsafe hits.withUnsafeMutableBufferPointer { hits in
          guard let hits = hits.baseAddress else { return }
          let kernel = unsafe metric == .squaredL2 ? kernels.squared_l2 : kernels.dot
          unsafe kernel(panels + shift, rows, dimension, 0, packed, queryCount, hits)
          for query in 0..<queryCount {
            unsafe needle_hits_finish(hits + query)
            let count = unsafe Int(hits[query].count)
            found.append(
              (0..<count).map { rank in
                let key = unsafe hits[query].keys[rank]
                return Found(row: needle_hit_row(key), score: needle_hit_score(key))
              }
            )
          }
        }
      }
    }
  }
  return found
}

private let dimensions =
  Array(1...70) + [
    95, 96, 127, 128, 129, 255, 256, 300, 383, 384, 511, 768, 1000, 1023, 1024, 1100,
  ]

@Test(arguments: dimensions)
func scansAgreeWithDoublePrecision(dimension: Int) {
  let rows = 77
  let vectors = SyntheticVectors.uniform(rows, dimension: dimension, seed: 3)
  let queries = SyntheticVectors.uniform(3, dimension: dimension, seed: 4)
  for level in levels {
    for metric in [Metric.innerProduct, .squaredL2] {
      let found = scan(
        level,
        metric,
        vectors: vectors,
        queries: queries,
        dimension: dimension,
        k: rows,
        misalignedBy: dimension % 5
      )
      for query in 0..<3 {
        #expect(Set(found[query].map(\.row)).count == rows)
        for hit in found[query] {
          let expected = -BruteForce.distance(
            queries[query * dimension..<(query + 1) * dimension],
            vectors[Int(hit.row) * dimension..<(Int(hit.row) + 1) * dimension],
            metric: metric
          )
          // Rounding grows with the number of additions and with the size of the sums.
          #expect(abs(Double(hit.score) - expected) <= 2e-6 * Double(dimension + 1))
        }
      }
    }
  }
}

@Test func scoresDoNotDependOnTheQueriesBeside() {
  let dimension = 37
  let vectors = SyntheticVectors.uniform(100, dimension: dimension)
  for level in levels {
    let tile = unsafe needle_flat_kernels_for(level).pointee.queries_per_tile
    let queries = SyntheticVectors.uniform(tile, dimension: dimension, seed: 2)
    for metric in [Metric.innerProduct, .squaredL2] {
      let alone = (0..<tile).map { query in
        scan(
          level,
          metric,
          vectors: vectors,
          queries: Array(queries[query * dimension..<(query + 1) * dimension]),
          dimension: dimension,
          k: 10
        )[0]
      }
      for count in 1...tile {
        let together = scan(
          level,
          metric,
          vectors: vectors,
          queries: Array(queries[..<(count * dimension)]),
          dimension: dimension,
          k: 10
        )
        #expect(together == Array(alone[..<count]))
      }
    }
  }
}

@Test(arguments: [1, 2, 31, 32, 33, 64, 65])
func lanesPastTheLastVectorAreNeverFound(rows: Int) {
  // Every score is negative, so that a padded lane's zero would win.
  let vectors = [Float](repeating: 1, count: rows * 4)
  let queries = [Float](repeating: -1, count: 4)
  for level in levels {
    let found = scan(
      level,
      .innerProduct,
      vectors: vectors,
      queries: queries,
      dimension: 4,
      k: 5
    )
    #expect(found[0].map(\.row) == Array(0..<UInt32(min(rows, 5))))
  }
}

@Test func tiesGoToTheLowerRow() {
  let vectors = [Float](repeating: 0.5, count: 3000 * 8)
  for level in levels {
    let found = scan(
      level,
      .innerProduct,
      vectors: vectors,
      queries: Array(vectors[..<8]),
      dimension: 8,
      k: 10
    )
    #expect(found[0].map(\.row) == Array(0..<10))
  }
}

@Test func overflowingScoresStillGiveKRows() {
  let vectors = [Float](repeating: 3e38, count: 100 * 4)
  for level in levels {
    for sign: Float in [1, -1] {
      let queries = [Float](repeating: sign * 3e38, count: 4)
      let found = scan(
        level,
        .innerProduct,
        vectors: vectors,
        queries: queries,
        dimension: 4,
        k: 10
      )
      #expect(found[0].map(\.row) == Array(0..<10))
    }
  }
}

@Test func hitKeysOrderByScoreThenRow() {
  let scores: [Float] = [-.infinity, -3e38, -1, -.leastNonzeroMagnitude, 0, 1e-30, 2, .infinity]
  for (lower, higher) in zip(scores, scores.dropFirst()) {
    #expect(needle_hit_key(lower, 0) < needle_hit_key(higher, 9))
  }
  #expect(needle_hit_key(1, 4) > needle_hit_key(1, 5))
  #expect(needle_hit_key(.nan, 0) < needle_hit_key(-.infinity, 9))
  for score in scores {
    let key = needle_hit_key(score, 123_456)
    #expect(needle_hit_score(key) == score)
    #expect(needle_hit_row(key) == 123_456)
  }
}

@Test func pruningKeepsTheBestOfAnyOrder() {
  var generator = SplitMix64(seed: 9)
  for _ in 0..<500 {
    let count = Int.random(in: 1...200, using: &generator)
    let k = Int.random(in: 1...count, using: &generator)
    // Few distinct scores, so that ties are common.
    var keys = (0..<UInt32(count)).map {
      needle_hit_key(Float(Int.random(in: 0...20, using: &generator)), $0)
    }
    let expected = keys.sorted(by: >).prefix(k)
    keys.shuffle(using: &generator)
    let kept = unsafe keys.withUnsafeMutableBufferPointer { buffer -> [UInt64] in
      guard let start = buffer.baseAddress else { return [] }
      var hits = unsafe needle_hits(
        keys: start,
        capacity: UInt32(count),
        count: UInt32(count),
        k: UInt32(k),
        threshold: .nan
      )
      unsafe needle_hits_finish(&hits)
      #expect(unsafe hits.threshold == needle_hit_score(expected.last ?? 0))
      return unsafe Array(UnsafeBufferPointer(start: hits.keys, count: Int(hits.count)))
    }
    #expect(kept == Array(expected))
  }
}
