import Needletail
import TestSupport
import Testing

/// Searches for all that is within a threshold.
@Suite struct RangeSearchTests {
  private static let queryCount = 6

  private func firstQueries() throws -> [Float] {
    Array(try values(of: ContractCase.queries)[..<(Self.queryCount * ContractCase.dimension)])
  }

  /// All scores of the first queries, nearest first.
  private func truth(_ metric: Metric) throws -> [[(row: Int, score: Double)]] {
    let (all, queries) = (try values(of: ContractCase.vectors), try firstQueries())
    return (0..<Self.queryCount).map { query in
      let start = query * ContractCase.dimension
      let vector = Array(queries[start..<start + ContractCase.dimension])
      return referenceNeighbors(of: vector, among: all, k: 500, metric)
    }
  }

  @Test(arguments: ContractCase.all.filter(\.isExact), [0, 1, 20, 64, 65, 300, 500])
  func anExactIndexFindsAll(_ contract: ContractCase, _ wanted: Int) throws {
    let (truth, queries) = (try truth(contract.metric), try firstQueries())
    let index = try contract.build()
    for query in 0..<Self.queryCount {
      let ranking = truth[query]
      // Between the last that is wanted and the next.
      let last = wanted == 0 ? ranking[0].score : ranking[wanted - 1].score
      let next = wanted == 500 ? ranking[499].score : ranking[wanted].score
      let beyond = contract.metric.largerIsNearer ? 1.0 : -1.0
      let threshold =
        wanted == 0 ? last + beyond : wanted == 500 ? next - beyond : (last + next) / 2
      let start = query * ContractCase.dimension
      let found = try index.search(
        queries.span.extracting(start..<start + ContractCase.dimension),
        within: Float(threshold)
      )
      #expect(found[0].map { Int($0.id) } == ranking[..<wanted].map(\.row))
    }
  }

  @Test(arguments: ContractCase.all)
  func nothingBeyondTheThresholdIsFound(_ contract: ContractCase) throws {
    let (truth, queries) = (try truth(contract.metric), try firstQueries())
    let index = try contract.build()
    let threshold = Float(truth[0][30].score)
    let found = try index.search(queries.span, within: threshold)
    #expect(found.queryCount == Self.queryCount)
    #expect(found.counts[0] >= 15)
    for query in 0..<Self.queryCount {
      let inOrder = found[query].allSatisfy { neighbor in
        contract.metric.largerIsNearer
          ? neighbor.score >= threshold : neighbor.score <= threshold
      }
      #expect(inOrder)
    }
    contract.checkOrder(found)
    let few = try index.search(queries.span, within: threshold, atMost: 3)
    #expect(few.k <= 3)
    for query in 0..<Self.queryCount { #expect(few.counts[query] <= 3) }
    #expect(few.counts[0] == 3)
  }

  @Test func aViewOfAFilterIsSearchedSo() throws {
    let contract = try #require(ContractCase.all.first)
    let filter = RowFilter(count: 500) { $0 % 5 == 0 }
    let threshold = Float(try truth(contract.metric)[0][100].score)
    let (index, queries) = (try contract.build(), try firstQueries())
    let all = try index.search(queries.span, within: threshold)
    let some = try index.matching(filter).search(queries.span, within: threshold)
    for query in 0..<Self.queryCount {
      #expect(some[query] == all[query].filter { filter[UInt32($0.id)] })
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func thresholdsThatAreNoNumbersAreRefused(_ threshold: Float) throws {
    let index = try #require(ContractCase.all.first).build()
    let queries = try firstQueries()
    #expect(throws: IndexError.self) { try index.search(queries.span, within: threshold) }
  }
}
