import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissFlatBackendTests {
  @Test(arguments: Metric.allCases, [1, 2, 3, 4, 7, 8, 12, 17, 50, 129])
  func agreesWithBruteForce(metric: Metric, dimension: Int) throws {
    let base = gaussian(count: 300, dimension: dimension)
    let queries = gaussian(count: 30, dimension: dimension, seed: 2)
    let index = try build(FaissFlatBackend.self, base, dimension: dimension, metric: metric)
    let results = try index.search(queries.span, k: 10)
    for query in 0..<30 {
      let exact = bruteForce(
        base,
        queries[query * dimension..<(query + 1) * dimension],
        metric: metric
      )
      for (rank, neighbor) in results[query].enumerated() {
        #expect(abs(Double(neighbor.score) - exact[rank].score) < 1e-5 * Double(dimension + 10))
        // Ids agree wherever single precision can tell the neighbours apart.
        let close = exact.filter { abs($0.score - exact[rank].score) < 1e-5 }
        #expect(close.contains { $0.row == Int(neighbor.id) })
      }
    }
  }

  /// faiss's blocked product loses all digits of distances between close vectors far from zero.
  @Test func closeVectorsFarFromZeroKeepTheirOrder() throws {
    let dimension = 16
    let base = gaussian(count: 500, dimension: dimension).map { 1000 + $0 / 100 }
    let queries = Array(base[..<(40 * dimension)])
    let index = try build(FaissFlatBackend.self, base, dimension: dimension)
    let results = try index.search(queries.span, k: 12)
    for query in 0..<40 {
      let exact = bruteForce(
        base,
        queries[query * dimension..<(query + 1) * dimension],
        metric: .squaredL2
      )
      #expect(results[query].map { Int($0.id) } == exact.prefix(12).map(\.row))
      #expect(results[query][0] == Neighbor(id: UInt64(query), score: 0))
    }
  }

  /// More equal vectors than candidates are looked at twice.
  @Test(arguments: Metric.allCases)
  func manyEqualVectorsComeByRow(metric: Metric) throws {
    let vector = gaussian(count: 1, dimension: 5)
    let base = (0..<200).flatMap { _ in vector }
    let index = try build(FaissFlatBackend.self, base, dimension: 5, metric: metric)
    let results = try index.search(gaussian(count: 25, dimension: 5, seed: 4).span, k: 60)
    for query in 0..<25 { #expect(results[query].map(\.id) == (0..<60).map { UInt64($0) }) }
  }

  @Test func largeKUsesAllRows() throws {
    let base = gaussian(count: 400, dimension: 6)
    let index = try build(FaissFlatBackend.self, base, dimension: 6)
    let results = try index.search(Array(base[..<(30 * 6)]).span, k: 1000)
    #expect(results.k == 400)
    for query in 0..<30 {
      #expect(results[query].map(\.id).sorted() == (0..<400).map { UInt64($0) })
      #expect(results[query].map(\.score) == results[query].map(\.score).sorted())
    }
  }
}
