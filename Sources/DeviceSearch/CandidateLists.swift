internal import FlatIndex
internal import VectorCore

/// What devices found for some queries, until the host decides.
struct CandidateLists: Sendable {
  /// What one part of the rows has for some of the queries.
  struct Entry: Sendable {
    let queries: Range<Int>
    let screen: DeviceScreen
    let radius: ScreenRadius
  }

  private let entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries }

  /// The nearest `k` rows of a query by the host's scores, nearest first, ties by row.
  ///
  /// - Parameters:
  ///   - k: at least 1.
  ///   - query: the number of the query.
  ///   - values: the query, `[dimension]`.
  ///   - rows: the set.
  /// - Returns: `nil` where another row might be among them.
  func nearest(
    _ k: Int,
    query: Int,
    _ values: Span<Float>,
    in rows: ExactRows
  ) -> [(row: UInt32, score: Float)]? {
    var candidates: [UInt32] = []
    var bounds: [ClosedRange<Double>] = []
    // What the host's score of any other row cannot exceed.
    var ceiling = -Double.infinity
    for entry in entries where entry.queries.contains(query) {
      let (screen, own) = (entry.screen, query - entry.queries.lowerBound)
      if screen.ceilings[own] != -.infinity {
        ceiling = max(ceiling, entry.radius.bounds(screen.ceilings[own], query: own).upperBound)
      }
      for place in own * screen.width..<(own + 1) * screen.width
      where screen.rows[place] != DeviceScreen.none {
        candidates.append(screen.rows[place])
        bounds.append(entry.radius.bounds(screen.scores[place], query: own))
      }
    }
    guard candidates.count >= k else { return nil }
    // What is surely less than k others need not be scored.
    let least = bounds.map(\.lowerBound).sorted(by: >)[k - 1]
    let open = candidates.indices.filter { bounds[$0].upperBound >= least }.map { candidates[$0] }
    let best = zip(open, rows.scores(of: open, to: values)).map { (row: $0, score: $1) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
    guard best.count >= k, Double(best[k - 1].score) > ceiling else { return nil }
    return Array(best.prefix(k))
  }
}
