import Benchmarking
import Testing
import VectorCore

/// Eight vectors on a line, 0 to 7, two of them at 3; one query at 0.
struct RecallTests {
  private let line: [Float] = [0, 1, 2, 3, 3, 5, 6, 7]

  private func results(_ scan: Int, over vectors: VectorSet, k: Int = 4) throws -> SearchResults {
    try exactIndex(over: vectors, metric: .squaredL2)
      .search([Float(0)].span, k: k, parameters: ["scan": .integer(scan)])
  }

  private func recall(over vectors: VectorSet, truth rows: [Int32]) throws -> Recall {
    let queries = VectorSet([0], dimension: 1, name: "query")
    let truth = try GroundTruth(
      given: rows,
      k: rows.count,
      path: "t",
      vectors: vectors,
      queries: queries,
      metric: .squaredL2,
      threads: 1
    )
    return try Recall(truth: truth, vectors: vectors, queries: queries, metric: .squaredL2)
  }

  @Test func countsIdsInTheIntersection() throws {
    let vectors = VectorSet(line, dimension: 1)
    let recall = try recall(over: vectors, truth: [0, 1, 2, 3])
    #expect(recall.recall(at: 4, of: try results(100, over: vectors)) == 1)
    // A scan of 3 rows finds 0, 1 and 2 and nothing else.
    #expect(recall.recall(at: 4, of: try results(38, over: vectors)) == 0.75)
    #expect(recall.recall(at: 2, of: try results(38, over: vectors)) == 1)
    #expect(recall.recall(at: 4, of: try results(12, over: vectors)) == 0.25)
  }

  @Test func looksNoFurtherThanPlaceK() throws {
    // Farthest first, so that the first two rows are no near ones.
    let vectors = VectorSet(line.reversed(), dimension: 1)
    let recall = try recall(over: vectors, truth: [7, 6, 5, 4])
    // Rows 0..<6 are 7, 6, 5, 3, 3, 2: of the returned four, 2, 3, 3, 5, two are in the true four.
    let found = try results(75, over: vectors)
    #expect(recall.recall(at: 4, of: found) == 0.5)
    #expect(recall.recall(at: 1, of: found) == 0)
  }

  @Test func tiesCountByScoreButNotById() throws {
    let vectors = VectorSet(line, dimension: 1)
    // Row 4 lies where row 3 does; the truth names one of them, the index finds the other.
    let recall = try recall(over: vectors, truth: [0, 1, 2, 4])
    let found = try results(100, over: vectors)
    #expect(found[0].map(\.id) == [0, 1, 2, 3])
    #expect(recall.recall(at: 4, of: found) == 0.75)
    #expect(try recall.tolerantRecall(at: 4, of: found) == 1)
  }

  @Test func toleranceHoldsForTheDistanceItself() throws {
    // True second neighbor at 30; the index, which sees two rows, finds one at 30 + gap.
    func tolerant(gap: Float) throws -> Double {
      let vectors = VectorSet([0, 30 + gap, 30], dimension: 1)
      return try recall(over: vectors, truth: [0, 2])
        .tolerantRecall(at: 2, of: results(67, over: vectors, k: 2))
    }
    #expect(try tolerant(gap: 0.0008) == 1)
    #expect(try tolerant(gap: 0.002) == 0.5)
  }

  @Test func translatesIds() throws {
    let ids = try VectorIDs([70, 60, 50, 40, 30, 20, 10, 0])
    let vectors = VectorSet(VectorSet(line, dimension: 1).source, ids: ids)
    let recall = try recall(over: vectors, truth: [0, 1, 2, 3])
    let found = try results(38, over: vectors)
    #expect(found[0].map(\.id) == [70, 60, 50])
    #expect(recall.recall(at: 4, of: found) == 0.75)
    #expect(try recall.tolerantRecall(at: 4, of: found) == 0.75)
  }

  @Test func largerIsNearerForInnerProduct() throws {
    let vectors = VectorSet([1, 2, 3, 4], dimension: 1)
    let queries = VectorSet([1], dimension: 1)
    let exact = try exactIndex(over: vectors, metric: .innerProduct)
    let truth = try GroundTruth.compute(with: exact, queries: queries, k: 2, threads: 1)
    #expect(truth.rows == [3, 2])
    let recall = try Recall(
      truth: truth,
      vectors: vectors,
      queries: queries,
      metric: .innerProduct
    )
    let found = try exact.search([Float(1)].span, k: 2, parameters: ["scan": 75])
    #expect(found[0].map(\.id) == [2, 1])
    #expect(recall.recall(at: 2, of: found) == 0.5)
    #expect(try recall.tolerantRecall(at: 2, of: found) == 0.5)
  }
}
