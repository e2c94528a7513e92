import Needletail
import TestSupport
import Testing

/// What every backend owes whoever searches it.
@Suite struct SearchContractTests {
  @Test(arguments: ContractCase.all)
  func answersAreInOrderWithoutRepetition(_ contract: ContractCase) throws {
    let results = try contract.build().search(ContractCase.queries, k: 10)
    #expect(results.queryCount == ContractCase.queries.count)
    #expect(results.k == 10)
    contract.checkOrder(results)
  }

  @Test(arguments: ContractCase.all)
  func scoresAreTheMetricsOwnValues(_ contract: ContractCase) throws {
    guard let tolerance = contract.scoreTolerance else { return }
    let base = try values(of: ContractCase.vectors)
    let queries = try values(of: ContractCase.queries)
    let results = try contract.build().search(ContractCase.queries, k: 5)
    let d = ContractCase.dimension
    for query in 0..<results.queryCount {
      for neighbor in results[query] {
        let row = Int(neighbor.id)
        let expected = referenceScore(
          Array(queries[query * d..<(query + 1) * d]),
          Array(base[row * d..<(row + 1) * d]),
          contract.metric
        )
        #expect(abs(Double(neighbor.score) - expected) <= tolerance * max(1, abs(expected)))
      }
    }
  }

  @Test func theListOfCasesHoldsTheVariants() {
    #expect(ContractCase.all.count == 3 * (backends.count + 4))
  }

  @Test(arguments: ContractCase.all)
  func exactBackendsEqualBruteForce(_ contract: ContractCase) throws {
    guard contract.isExact else { return }
    let base = try values(of: ContractCase.vectors)
    let queries = try values(of: ContractCase.queries)
    let results = try contract.build().search(ContractCase.queries, k: 20)
    let d = ContractCase.dimension
    for query in 0..<results.queryCount {
      let expected = referenceNeighbors(
        of: Array(queries[query * d..<(query + 1) * d]),
        among: base,
        k: 20,
        contract.metric
      )
      #expect(results[query].map { Int($0.id) } == expected.map(\.row))
    }
  }

  @Test(arguments: ContractCase.all)
  func kBeyondTheCountGivesWhatThereIs(_ contract: ContractCase) throws {
    let index = try contract.build()
    let results = try index.search(ContractCase.queries, k: 10_000)
    #expect(results.k == 500)
    contract.checkOrder(results)
    for query in 0..<results.queryCount {
      #expect(contract.isExact ? results.counts[query] == 500 : results.counts[query] >= 10)
    }
  }

  @Test(arguments: ContractCase.all)
  func oneVectorIsFound(_ contract: ContractCase) throws {
    let one = seededVectors(count: 1, dimension: ContractCase.dimension, seed: 3)
    let index: any StoredIndex
    do {
      index = try contract.build(one)
    } catch let error as IndexError {
      // A quantizer cannot be trained on one vector; it must say so.
      guard case .tooFewVectors = error, contract.backend.name == "faiss-ivfpq" else { throw error }
      return
    }
    let results = try index.search(ContractCase.queries, k: 3)
    #expect(results.k == 1)
    for query in 0..<results.queryCount { #expect(results[query].map(\.id) == [0]) }
  }

  @Test(arguments: ContractCase.all)
  func duplicateVectorsAreDistinctNeighbors(_ contract: ContractCase) throws {
    let kinds = try values(of: seededVectors(count: 10, dimension: 16, seed: 4))
    var all: [Float] = []
    for _ in 0..<30 { all += kinds }
    let index = try contract.build(VectorSet(all, dimension: 16))
    let results = try index.search(VectorSet(kinds, dimension: 16), k: 30)
    contract.checkOrder(results)
    guard contract.isExact else { return }
    // Under cosine and l2 a vector's nearest are its own thirty copies, in the order of their rows.
    guard contract.metric != .innerProduct else { return }
    for kind in 0..<10 {
      #expect(results[kind].map { Int($0.id) } == (0..<30).map { kind + 10 * $0 })
    }
  }

  @Test(arguments: ContractCase.all)
  func aBatchEqualsItsSingleQueries(_ contract: ContractCase) throws {
    let index = try contract.build()
    let batch = try index.search(ContractCase.queries, k: 10)
    for query in 0..<batch.queryCount {
      let single = try index.search(ContractCase.queries, rows: query..<query + 1, k: 10)
      #expect(single[0].map(\.id) == batch[query].map(\.id))
      for (left, right) in zip(single[0], batch[query]) {
        #expect(abs(left.score - right.score) <= 1e-5 * max(1, abs(left.score)))
      }
    }
  }

  @Test(arguments: ContractCase.all)
  func anyNumberOfThreadsAnswersTheSame(_ contract: ContractCase) throws {
    let index = try contract.build()
    let serial = try index.search(ContractCase.queries, k: 10)
    for threads in [2, 5] {
      #expect(try index.search(ContractCase.queries, k: 10, threads: threads) == serial)
    }
  }

  @Test(arguments: ContractCase.all)
  func concurrentSearchesEqualTheSerialOne(_ contract: ContractCase) async throws {
    let index = try contract.build()
    let serial = try index.search(ContractCase.queries, k: 10)
    try await withThrowingTaskGroup(of: SearchResults.self) { group in
      for task in 0..<8 {
        group.addTask {
          try index.search(ContractCase.queries, k: 10, threads: 1 + task % 2)
        }
      }
      for try await found in group { #expect(found == serial) }
    }
  }

  @Test(arguments: ContractCase.all)
  func spanAndSetAreSearchedAlike(_ contract: ContractCase) throws {
    let index = try contract.build()
    let queries = try values(of: ContractCase.queries)
    #expect(
      try index.search(queries.span, k: 7) == index.search(ContractCase.queries, k: 7)
    )
  }
}
