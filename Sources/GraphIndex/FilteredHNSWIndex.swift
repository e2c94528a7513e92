internal import IndexStore
package import VectorCore

/// The matching rows of a graph.
///
/// A walk goes from match to match, or past those that do not match, see ``FilteredSlimLayout`` and
/// ``FilteredFatLayout``. Where there are so few matches that it costs less to measure them all, that
/// is done; also for a query whose walk ends with too few.
struct FilteredHNSWIndex: VectorIndex, ObservedIndex {
  let summary: IndexSummary
  private let base: HNSWIndex
  /// `nil` where nothing matches.
  private let filter: NodeFilter?
  private let asked: FilterPlan
  private let selectivity: Double
  private let counts = WalkCounts()

  var ids: VectorIDs { base.ids }
  var observations: [SearchObservation] { counts.filterObservations }

  init(_ base: HNSWIndex, _ filter: RowFilter, _ plan: FilterPlan) {
    self.base = base
    asked = plan
    self.filter = NodeFilter(filter, of: base)
    selectivity = filter.selectivity
    summary = base.summary.counting(filter.matches)
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let resolved = try parameters.resolved(
      against: HNSWParameters.searchDescriptions,
      owner: HNSWBackend.name
    )
    guard let filter, k > 0 else {
      return NearestRows(queryCount: queries.count / summary.dimension, k: 0)
    }
    return try base.answer(
      queries,
      k: k,
      plan: plan(base.plan(k: k, resolved), filter),
      counts: counts,
      filter: filter,
      threads: threads
    )
  }

  /// Widens a walk over all nodes to as many matches as one without filter would expand nodes, and
  /// chooses between a walk and a scan by what they cost, in codes read at once, if it is free to.
  private func plan(_ unfiltered: WalkPlan, _ filter: NodeFilter) -> WalkPlan {
    var plan = unfiltered
    let walk: Double
    if base.store.layout.marksNodes {
      // Each expansion reads some new codes, and links of neighbors until there are enough matches.
      walk = Double(unfiltered.window) * (Self.newCodes + min(32, 1 / selectivity))
    } else {
      // So many matches on the way that a query seldom ends with fewer than are ranked again, if all rows
      // are as likely to match: it would be followed by a scan.
      let ranked = Double(unfiltered.kept)
      let wide = max(Double(unfiltered.window), ranked + 2 * ranked.squareRoot()) / selectivity
      plan.window = min(base.nodes.count, Int(wide))
      walk = wide * Self.fatStep
    }
    switch asked {
    case .auto: plan.scans = Double(filter.nodes.count) * Self.scannedCode <= walk
    case .scan: plan.scans = true
    case .search: plan.scans = false
    }
    return plan
  }

  /// Codes that an expansion measures, and what other steps cost in codes that are read at random.
  private static let newCodes = 14.0
  private static let fatStep = 6.0
  private static let scannedCode = 0.16
}

extension HNSWIndex: FilterableIndex {
  package var rowCount: Int { summary.count }

  package func filtered(by filter: RowFilter, _ plan: FilterPlan) -> any VectorIndex {
    FilteredHNSWIndex(self, filter, plan)
  }
}
