internal import Synchronization
internal import VectorCore

/// The matching rows of an index that knows nothing of filters.
///
/// Few are compared with the query one by one. For many the index is asked for more neighbors than are
/// wanted, and for ever more while too few of them match; a query for which the index has no more is
/// compared with all.
struct FilteredIndex: VectorIndex, ObservedIndex {
  let summary: IndexSummary
  private let base: any ReconstructingIndex
  private let filter: RowFilter
  private let plan: FilterPlan
  private let scan: MatchScan
  private let counts = PlanCounts()

  /// Neighbors that are held at a time.
  private static let room = 4 << 20

  var ids: VectorIDs { base.ids }
  var observations: [SearchObservation] { counts.observations }

  init(_ base: any ReconstructingIndex, _ filter: RowFilter, _ plan: FilterPlan) {
    self.base = base
    self.filter = filter
    self.plan = plan
    summary = base.summary.counting(filter.matches)
    scan = MatchScan(base, filter)
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let queryCount = queries.count / summary.dimension
    guard k > 0 else { return NearestRows(queryCount: queryCount, k: 0) }
    if scans(k: k) {
      counts.add(scanned: queryCount)
      return try scan.nearestRows(to: queries, k: k, threads: threads)
    }
    var widening = Widening(
      values: Array(copying: queries),
      dimension: summary.dimension,
      k: k,
      parameters: parameters,
      threads: threads
    )
    // So many neighbors have k matches among them if all rows are as likely to match.
    let expected = Double(k) / filter.selectivity
    var asked = Int(expected + 2 * expected.squareRoot()) + 8
    var pending = Array(0..<queryCount)
    while !pending.isEmpty {
      asked = min(asked, filter.count)
      pending = try widen(&widening, pending, asked)
      asked *= 4
    }
    counts.add(widened: queryCount - widening.short.count, scanned: widening.short.count)
    try compareAll(&widening)
    return widening.found
  }

  /// Whether all matches are compared at once.
  private func scans(k: Int) -> Bool {
    switch plan {
    case .scan: true
    case .search: false
    case .auto: filter.matches <= max(2 * k, Int(base.scannedShare * Double(filter.count)))
    }
  }

  /// Asks for `asked` neighbors of some queries.
  ///
  /// - Returns: the queries of which too few matched although there were as many as were asked for.
  private func widen(_ widening: inout Widening, _ queries: [Int], _ asked: Int) throws -> [Int] {
    var again: [Int] = []
    let batch = max(1, Self.room / asked)
    for start in stride(from: 0, to: queries.count, by: batch) {
      let part = queries[start..<min(start + batch, queries.count)]
      let values = widening.values(of: part)
      let all = try base.nearestRows(
        to: values.span,
        k: asked,
        parameters: widening.parameters,
        threads: widening.threads
      )
      for (place, query) in part.enumerated() {
        let matched = widening.take(all, place, for: query, filter)
        guard matched < widening.k else { continue }
        if all.counts[place] == asked && asked < filter.count {
          again.append(query)
        } else {
          widening.short.append(query)
        }
      }
    }
    return again
  }

  private func compareAll(_ widening: inout Widening) throws {
    guard !widening.short.isEmpty else { return }
    let values = widening.values(of: widening.short[...])
    let found = try scan.nearestRows(to: values.span, k: widening.k, threads: widening.threads)
    for (place, query) in widening.short.enumerated() {
      widening.take(found, place, for: query, nil)
    }
  }
}

/// A batch of queries on the way to enough matches.
private struct Widening {
  let values: [Float]
  let dimension: Int
  let k: Int
  let parameters: Parameters
  let threads: Int
  var found: NearestRows
  /// Queries for which the index has too few.
  var short: [Int] = []

  init(values: [Float], dimension: Int, k: Int, parameters: Parameters, threads: Int) {
    self.values = values
    self.dimension = dimension
    self.k = k
    self.parameters = parameters
    self.threads = threads
    found = NearestRows(queryCount: values.count / dimension, k: k)
  }

  /// The vectors of some queries.
  func values(of queries: ArraySlice<Int>) -> [Float] {
    if queries.count == found.counts.count { return values }
    return queries.flatMap { values[$0 * dimension..<($0 + 1) * dimension] }
  }

  /// Keeps the first `k` neighbors that match of those found in a place.
  ///
  /// - Returns: their number.
  @discardableResult
  mutating func take(
    _ all: NearestRows,
    _ place: Int,
    for query: Int,
    _ filter: RowFilter?
  ) -> Int {
    var count = 0
    for rank in 0..<all.counts[place] where count < k {
      let row = all.rows[place * all.k + rank]
      guard filter?[row] ?? true else { continue }
      found.rows[query * k + count] = row
      found.distances[query * k + count] = all.distances[place * all.k + rank]
      count += 1
    }
    found.counts[query] = count
    return count
  }
}

/// Which plans the queries of a view went by.
private final class PlanCounts: Sendable {
  private let scanned = Atomic<Int>(0)
  private let widened = Atomic<Int>(0)

  func add(widened: Int = 0, scanned: Int = 0) {
    self.widened.wrappingAdd(widened, ordering: .relaxed)
    self.scanned.wrappingAdd(scanned, ordering: .relaxed)
  }

  var observations: [SearchObservation] {
    [
      SearchObservation("filter_widened", widened.load(ordering: .relaxed)),
      SearchObservation("filter_scanned", scanned.load(ordering: .relaxed)),
    ]
  }
}
