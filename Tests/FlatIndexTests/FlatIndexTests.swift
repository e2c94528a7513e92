import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

private func flat(_ values: [Float], dimension: Int, _ metric: Metric) throws -> any VectorIndex {
  try FlatBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    options: BuildOptions(metric: metric, threads: 2)
  )
}

@Test(arguments: Metric.allCases, [1, 3, 32, 33, 1000])
func flatAgreesWithBruteForce(metric: Metric, count: Int) throws {
  let dimension = 19
  let vectors = SyntheticVectors.clustered(count, dimension: dimension)
  let queries = SyntheticVectors.clustered(30, dimension: dimension, seed: 7)
  let k = min(10, count)
  let found = try flat(vectors, dimension: dimension, metric).search(queries.span, k: k)
  for query in 0..<30 {
    let row = queries[query * dimension..<(query + 1) * dimension]
    let truth = BruteForce.ranking(of: row, in: vectors, dimension: dimension, metric: metric)
    let neighbors = found[query]
    #expect(neighbors.count == k)
    for (rank, neighbor) in neighbors.enumerated() {
      // Where float and double rounding order two rows differently, their distances agree.
      let distance = BruteForce.distance(
        row,
        vectors[Int(neighbor.id) * dimension..<(Int(neighbor.id) + 1) * dimension],
        metric: metric
      )
      #expect(abs(distance - truth[rank].distance) < 1e-5)
      #expect(abs(Double(metric.score(fromDistance: neighbor.score)) - distance) < 1e-5)
    }
  }
}

@Test(arguments: Metric.allCases)
func resultsDoNotDependOnThreadsOrBatches(metric: Metric) throws {
  let dimension = 50
  let vectors = SyntheticVectors.clustered(3000, dimension: dimension)
  let queries = SyntheticVectors.clustered(203, dimension: dimension, seed: 8)
  let index = try flat(vectors, dimension: dimension, metric)
  let reference = try index.search(queries.span, k: 25)
  for threads in [2, 5] {
    #expect(try index.search(queries.span, k: 25, threads: threads) == reference)
  }
  for query in 0..<203 {
    let one = Array(queries[query * dimension..<(query + 1) * dimension])
    for threads in [1, 3] {
      #expect(try index.search(one.span, k: 25, threads: threads)[0] == reference[query])
    }
  }
}

@Test func neighborsBeyondTheBufferOfHitsAreFound() throws {
  let vectors = SyntheticVectors.uniform(5000, dimension: 6)
  let queries = SyntheticVectors.uniform(2, dimension: 6, seed: 5)
  let index = try flat(vectors, dimension: 6, .innerProduct)
  let all = try index.search(queries.span, k: 5000)
  for query in 0..<2 {
    #expect(Set(all[query].map(\.id)).count == 5000)
    #expect(zip(all[query], all[query].dropFirst()).allSatisfy { $0.score >= $1.score })
  }
}

@Test func squaredDistancesOfFarAwayVectorsKeepTheirDigits() throws {
  // |x|² − 2q·x + |q|² would lose everything here.
  let vectors: [Float] = [10_000, 10_000, 10_001, 10_000, 10_002, 10_000]
  let found = try flat(vectors, dimension: 2, .squaredL2).search([10_000.5, 10_000].span, k: 3)
  #expect(found[0].map(\.id) == [0, 1, 2])
  #expect(found[0].map(\.score) == [0.25, 0.25, 2.25])
}

/// Products that round to minus zero tie with those that round to zero.
@Test func zerosOfBothSignsAreEqual() throws {
  let vectors = SyntheticVectors.uniform(4_000, dimension: 3).map { $0 * 1e-24 }
  let queries = SyntheticVectors.uniform(3, dimension: 3, seed: 5).map { $0 * 1e-24 }
  let index = try flat(vectors, dimension: 3, .innerProduct)
  for k in [1, 10, 2_000] {
    for threads in [1, 2, 5] {
      let found = try index.search(queries.span, k: k, threads: threads)
      for query in 0..<3 {
        #expect(found[query].map(\.id) == (0..<k).map { UInt64($0) }, "k \(k)")
        #expect(found[query].allSatisfy { $0.score.bitPattern == 0 })
      }
    }
  }
  let zero = try flat([1, 2, 3], dimension: 3, .squaredL2).search([1, 2, 3].span, k: 1)
  #expect(zero[0].map(\.score.bitPattern) == [0])
}

@Test func buildParametersAreRefused() {
  #expect(
    throws: IndexError.unknownParameter(name: "M", owner: "flat", known: ["first"])
  ) {
    try FlatBackend.makeIndex(
      over: VectorSet([1, 2], dimension: 2),
      parameters: ["M": 16],
      options: BuildOptions(metric: .innerProduct)
    )
  }
}
