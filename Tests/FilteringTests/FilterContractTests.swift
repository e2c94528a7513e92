import Needletail
import TestSupport
import Testing

/// What a filtered search of every backend gives.
@Suite struct FilterContractTests {
  private static let queries = FilterCase.queries
  private static let count = FilterCase.count

  /// Filters by name: shares of the rows at random, and whole clusters, which are far from the queries
  /// about others.
  static let filters: [(name: String, filter: RowFilter)] = {
    let random = [1, 10, 100, 500, 990].map { share in
      (
        "\(share) of 1,000",
        RowFilter(count: count) { row in
          SplitMix64.value(seed: 5, at: UInt64(row)) % 1_000 < UInt64(share)
        }
      )
    }
    let clusters = [1, 3, 10].map { clusters in
      ("\(clusters) clusters", RowFilter(count: count) { Int($0) % FilterCase.clusters < clusters })
    }
    return random + clusters
  }()

  private func search(
    _ view: any VectorIndex,
    k: Int,
    threads: Int = 1
  ) throws -> SearchResults {
    try view.search(Self.queries.span, k: k, threads: threads)
  }

  @Test(arguments: FilterCase.all, filters.indices)
  func findsTheNearestMatches(_ filterCase: FilterCase, _ number: Int) throws {
    let (name, filter) = Self.filters[number]
    let view = try filterCase.index().matching(filter)
    #expect(view.summary.count == filter.matches)
    let found = try search(view, k: 10)
    let truth = filterCase.truth(filter, k: 10)
    for query in truth.indices {
      let ids = found[query].map(\.id)
      #expect(ids.count == min(10, filter.matches), "\(name)")
      #expect(ids.allSatisfy { filter[UInt32($0)] }, "\(name)")
      #expect(Set(ids).count == ids.count, "\(name)")
      if filterCase.isExact { #expect(ids == truth[query], "\(name)") }
    }
    let recall = recall(found, truth)
    // Graphs do not suit every metric: a filter should not make it worse.
    let floor = min(filterCase.floor, try filterCase.unfilteredRecall() - 0.08)
    #expect(recall >= floor, "\(name)")
  }

  @Test(arguments: FilterCase.all, FilterPlan.allCases)
  func aPlanIsKept(_ filterCase: FilterCase, _ plan: FilterPlan) throws {
    for (name, filter) in Self.filters {
      let view = try filterCase.index().matching(filter, plan: plan)
      let found = try search(view, k: 10)
      #expect(found.counts.allSatisfy { $0 == min(10, filter.matches) }, "\(name)")
      #expect(found.ids.allSatisfy { filter[UInt32($0)] }, "\(name)")
      let seen = try #require(view as? any ObservedIndex).observations
      let queries = Self.queries.count / FilterCase.dimension
      let scanned = seen.first { $0.name == "filter_scanned" }?.count
      if plan == .scan { #expect(scanned == queries, "\(name): \(seen)") }
      // Those whose search found too few are compared, too.
      if plan == .search, filter.selectivity > 0.4 { #expect(scanned == 0, "\(name): \(seen)") }
    }
  }

  @Test(arguments: FilterCase.all)
  func aFilterOfAllRowsIsNoFilter(_ filterCase: FilterCase) throws {
    let all = RowFilter(count: Self.count) { _ in true }
    let found = try search(filterCase.index().matching(all), k: 10)
    let recall = recall(found, filterCase.truth(all, k: 10))
    #expect(try recall >= filterCase.unfilteredRecall() - 0.02)
  }

  @Test(arguments: FilterCase.all)
  func whereNothingMatchesNothingIsFound(_ filterCase: FilterCase) throws {
    let view = try filterCase.index().matching(RowFilter(count: Self.count, rows: []))
    let found = try search(view, k: 10)
    #expect(found.counts == Array(repeating: 0, count: Self.queries.count / FilterCase.dimension))
    #expect(found.ids.isEmpty)
  }

  @Test(arguments: FilterCase.all, [1, 9, 300])
  func allMatchesAreFoundWhereMoreAreAsked(_ filterCase: FilterCase, _ matches: Int) throws {
    let rows = (0..<UInt32(matches)).map { $0 * 13 }
    let view = try filterCase.index().matching(RowFilter(count: Self.count, rows: rows))
    let found = try search(view, k: 1_000)
    for query in 0..<found.queryCount {
      #expect(Set(found[query].map(\.id)) == Set(rows.map { UInt64($0) }))
      let scores = found[query].map(\.score)
      #expect(scores == scores.sorted { filterCase.metric.largerIsNearer ? $0 > $1 : $0 < $1 })
    }
  }

  @Test(arguments: FilterCase.all, [1, 4, 7])
  func threadsAndBatchesChangeNothing(_ filterCase: FilterCase, _ number: Int) throws {
    let index = try filterCase.index()
    let filter = Self.filters[number].filter
    let once = try search(index.matching(filter), k: 10)
    #expect(try search(index.matching(filter), k: 10, threads: 3) == once)
    let view = try index.matching(filter)
    for query in 0..<once.queryCount {
      let start = query * FilterCase.dimension
      let vector = Array(Self.queries[start..<start + FilterCase.dimension])
      let alone = try view.search(vector.span, k: 10)
      #expect(alone[0].map(\.id) == once[query].map(\.id))
    }
  }

  @Test(arguments: FilterCase.all)
  func everyQueryIsCountedOnce(_ filterCase: FilterCase) throws {
    let index = try filterCase.index()
    for (name, filter) in Self.filters {
      let view = try index.matching(filter)
      _ = try search(view, k: 10, threads: 2)
      let counts = try #require(view as? any ObservedIndex).observations
        .filter { $0.name.hasPrefix("filter_") }
      #expect(counts.reduce(0) { $0 + $1.count } == 40, "\(name): \(counts)")
    }
  }

  @Test(arguments: FilterCase.all)
  func aFilterOfOtherRowsIsRefused(_ filterCase: FilterCase) throws {
    let index = try filterCase.index()
    #expect(throws: IndexError.self) { try index.matching(RowFilter(count: 3, rows: [1])) }
  }

  @Test(arguments: ["hnsw:codec=sq8", "hnsw:codec=pq", "ivf", "flat"])
  func copiesOfAVectorAreToldApart(_ specification: String) throws {
    let dimension = 16
    let distinct = SyntheticVectors.uniform(100, dimension: dimension)
    // Every vector ten times over, 100 rows apart.
    let values = Array(repeatElement(distinct, count: 10).joined())
    let index = try buildIndex(
      over: VectorSet(values, dimension: dimension),
      specification,
      metric: .squaredL2
    )
    let filter = RowFilter(count: 1_000) { $0 / 100 == $0 % 10 || $0 / 100 == 9 }
    let view = try index.matching(filter)
    let found = try view.search(distinct.span, k: 2)
    for query in 0..<100 {
      let copies = Set(filter.rows.filter { Int($0) % 100 == query }.map { UInt64($0) })
      let ids = Set(found[query].map(\.id))
      #expect(copies.count == 2 ? ids == copies : ids.isSuperset(of: copies), "\(query)")
    }
  }

  @Test func aTunedIndexIsFilteredAtItsSetting() throws {
    let set = VectorSet(FilterCase.values, dimension: FilterCase.dimension)
    let index = try buildIndex(over: set, "hnsw:codec=sq8", metric: .cosine, threads: 2)
    let tuned = try tuned(index, over: set, recall: 0.95, ks: [10], queries: .leaveOneOut)
    let filter = Self.filters[3].filter
    let found = try tuned.matching(filter).search(
      Self.queries.span,
      k: 10,
      parameters: ["recall": 0.9]
    )
    #expect(found.counts.allSatisfy { $0 == 10 })
    #expect(found.ids.allSatisfy { filter[UInt32($0)] })
  }
}
