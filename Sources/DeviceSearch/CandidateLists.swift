internal import FlatIndex
internal import VectorCore

/// What devices found for some queries, until the host decides.
struct CandidateLists {
  private struct Candidate {
    let row: UInt32
    /// What the host's score may be.
    let bounds: ClosedRange<Double>
  }

  private var candidates: [[Candidate]]
  /// What the host's score of any other row cannot exceed.
  private var ceilings: [Double]

  init(queries: Int) {
    candidates = Array(repeating: [], count: queries)
    ceilings = Array(repeating: -.infinity, count: queries)
  }

  /// Adds what one part of the rows has for queries from `first` on.
  mutating func add(_ screen: DeviceScreen, _ radius: ScreenRadius, first: Int) {
    for query in screen.ceilings.indices {
      if screen.ceilings[query] > -.infinity || screen.ceilings[query].isNaN {
        let ceiling = radius.bounds(screen.ceilings[query], query: query).upperBound
        ceilings[first + query] = max(ceilings[first + query], ceiling)
      }
      for place in query * screen.width..<(query + 1) * screen.width
      where screen.rows[place] != DeviceScreen.none {
        candidates[first + query].append(
          Candidate(
            row: screen.rows[place],
            bounds: radius.bounds(screen.scores[place], query: query)
          )
        )
      }
    }
  }

  /// Adds what another device has for the same queries.
  mutating func add(_ other: CandidateLists) {
    for query in candidates.indices {
      candidates[query] += other.candidates[query]
      ceilings[query] = max(ceilings[query], other.ceilings[query])
    }
  }

  /// The nearest `k` rows of a query by the host's scores, nearest first, ties by row.
  ///
  /// - Returns: `nil` where another row might be among them.
  func nearest(
    _ k: Int,
    query: Int,
    _ values: Span<Float>,
    in rows: ExactRows
  ) -> [(row: UInt32, score: Float)]? {
    let found = candidates[query]
    guard found.count >= k else { return nil }
    // What is surely less than k others need not be scored.
    let least = found.map(\.bounds.lowerBound).sorted(by: >)[k - 1]
    let open = found.filter { $0.bounds.upperBound >= least }.map(\.row)
    let scores = rows.scores(of: open, to: values)
    let best = zip(open, scores).map { (row: $0, score: $1) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
    guard best.count >= k, Double(best[k - 1].score) > ceilings[query] else { return nil }
    return Array(best.prefix(k))
  }
}
