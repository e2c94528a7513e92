import Benchmarking
import IndexStore
import Synchronization
import Testing
import VectorCore

struct GroundTruthTests {
  let vectors = gridVectors(300, dimension: 6, seed: 1)
  let queries = gridVectors(40, dimension: 6, seed: 2)

  private func truth(_ metric: Metric, k: Int = 5) throws -> GroundTruth {
    try GroundTruth.compute(
      with: exactIndex(over: vectors, metric: metric),
      queries: queries,
      k: k,
      threads: 2
    )
  }

  private func given(_ rows: [Int32], k: Int = 5, metric: Metric = .squaredL2) throws -> GroundTruth
  {
    try GroundTruth(
      given: rows,
      k: k,
      path: "truth.ivecs",
      vectors: vectors,
      queries: queries,
      metric: metric,
      threads: 2
    )
  }

  @Test(arguments: Metric.allCases)
  func computedEqualsBruteForce(metric: Metric) throws {
    let truth = try truth(metric)
    #expect(truth.queryCount == 40)
    #expect(truth.k == 5)
    let base = try vectors.allRows(preparedFor: metric)
    let asked = try queries.allRows(preparedFor: metric)
    for query in 0..<40 {
      let scores = (0..<300).map { row in
        (0..<6).reduce(0.0) { sum, place in
          let left = Double(asked[query * 6 + place])
          let right = Double(base[row * 6 + place])
          return metric == .squaredL2
            ? sum + (left - right) * (left - right) : sum + left * right
        }
      }
      let best = scores.sorted(by: metric == .squaredL2 ? (<) : (>)).prefix(5)
      for (rank, expected) in best.enumerated() {
        let place = query * 5 + rank
        #expect(abs(Double(truth.scores[place]) - expected) < 1e-5)
        #expect(abs(scores[Int(truth.rows[place])] - expected) < 1e-5)
      }
    }
  }

  @Test func reportsProgressUpToTheEnd() throws {
    let seen = Mutex<[Int]>([])
    _ = try GroundTruth.compute(
      with: exactIndex(over: vectors, metric: .squaredL2),
      queries: gridVectors(1100, dimension: 6, seed: 3),
      k: 1,
      threads: 1
    ) { moment in seen.withLock { $0.append(moment.done) } }
    #expect(seen.withLock { $0 } == [512, 1024, 1100])
  }

  @Test func cutsKToTheNumberOfVectors() throws {
    let few = gridVectors(3, dimension: 6, seed: 1)
    let truth = try GroundTruth.compute(
      with: exactIndex(over: few, metric: .squaredL2),
      queries: queries,
      k: 10,
      threads: 1
    )
    #expect(truth.k == 3)
  }

  @Test func refusesWhatMakesNoSense() throws {
    let exact = try exactIndex(over: vectors, metric: .squaredL2)
    #expect(throws: IndexError.invalidParameter(name: "k", value: "0", allowed: "at least 1")) {
      try GroundTruth.compute(with: exact, queries: queries, k: 0, threads: 1)
    }
    let narrow = gridVectors(4, dimension: 5, seed: 1)
    #expect(throws: IndexError.dimensionMismatch(what: "grid", expected: 6, actual: 5)) {
      try GroundTruth.compute(with: exact, queries: narrow, k: 1, threads: 1)
    }
    #expect(throws: IndexError.emptySet(what: "memory")) {
      let none = VectorSet([], dimension: 6)
      _ = try GroundTruth.compute(with: exact, queries: none, k: 1, threads: 1)
    }
  }

  @Test(arguments: Metric.allCases)
  func givenRowsGetTheirScores(metric: Metric) throws {
    let computed = try truth(metric)
    let given = try given(computed.rows.map { Int32($0) }, metric: metric)
    #expect(given.rows == computed.rows)
    for (left, right) in zip(given.scores, computed.scores) { #expect(abs(left - right) < 1e-5) }
  }

  @Test func namesFileAndQueryOfABadRow() throws {
    let good = try truth(.squaredL2).rows.map { Int32($0) }
    for (value, reason) in [
      (300, "row 300 is not among the 300 vectors"), (-1, "row -1 is not among the 300 vectors"),
      (good[35], "row \(good[35]) is given twice"),
    ] as [(Int32, String)] {
      var rows = good
      rows[37] = value  // query 7, rank 2
      let error = #expect(throws: FileError.self) { try given(rows) }
      #expect(error?.path == "truth.ivecs")
      #expect(error?.place == "query 7")
      #expect(error?.reason == reason)
      #expect(error?.kind == .badData)
    }
    let short = #expect(throws: FileError.self) { try given(Array(good.dropLast(5))) }
    #expect(short?.reason == "holds neighbors of 39 queries, but there are 40 queries")
  }

  @Test func spotCheckAcceptsTiesInAnyOrder() throws {
    let truth = try truth(.squaredL2)
    let exact = try exactIndex(over: vectors, metric: .squaredL2)
    var rows = truth.rows.map { Int32($0) }
    var swapped = 0
    for place in rows.indices.dropLast()
    where place % 5 != 4 && truth.scores[place] == truth.scores[place + 1] {
      rows.swapAt(place, place + 1)
      swapped += 1
    }
    #expect(swapped > 10, "the grid should have made ties")
    // Swaps can chain, so that a row travels over a whole run of equal scores, never beyond it.
    let given = try given(rows)
    try given.spotCheck(
      against: exact,
      vectors: vectors,
      queries: queries,
      sample: 40,
      path: "truth.ivecs",
      threads: 1
    )
  }

  @Test func spotCheckFindsAMissedNeighbor() throws {
    let wide = try truth(.squaredL2, k: 60)
    let exact = try exactIndex(over: vectors, metric: .squaredL2)
    // Leave out each query's nearest: the ranks move up by one.
    let rows = (0..<40).flatMap { query in (1...5).map { Int32(wide.rows[query * 60 + $0]) } }
    let given = try given(rows)
    let error = #expect(throws: FileError.self) {
      try given.spotCheck(
        against: exact,
        vectors: vectors,
        queries: queries,
        sample: 20,
        seed: 7,
        path: "truth.ivecs",
        threads: 1
      )
    }
    #expect(error?.path == "truth.ivecs")
    #expect(error?.place?.hasPrefix("query ") == true)
    #expect(error?.reason.contains("exact search by l2 finds row") == true)
    #expect(error?.remedy?.contains("needle ground-truth") == true)
  }

  @Test func spotCheckFindsTruthOfAnotherMetric() throws {
    let other = try truth(.innerProduct)
    let given = try given(other.rows.map { Int32($0) })
    let exact = try exactIndex(over: vectors, metric: .squaredL2)
    #expect(throws: FileError.self) {
      try given.spotCheck(
        against: exact,
        vectors: vectors,
        queries: queries,
        path: "t",
        threads: 1
      )
    }
  }
}
