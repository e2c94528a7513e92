internal import Reporting

/// A comparison of two runs as one HTML page that needs nothing else.
public struct ComparisonPage {
  private let comparison: RunComparison
  private let first: String
  private let second: String
  private let qrels: String
  private let losses: Int
  private let seed: UInt64

  /// Prepares a page.
  ///
  /// - Parameters:
  ///   - comparison: what to show.
  ///   - first: the first run's name.
  ///   - second: the second run's name.
  ///   - qrels: the judgments' name.
  ///   - losses: how many of the queries that lose are listed.
  ///   - seed: the seed of the tests.
  public init(
    _ comparison: RunComparison,
    first: String,
    second: String,
    qrels: String,
    losses: Int,
    seed: UInt64
  ) {
    self.comparison = comparison
    self.first = first
    self.second = second
    self.qrels = qrels
    self.losses = losses
    self.seed = seed
  }

  /// The page.
  public var text: String {
    HTMLPage(
      title: "\(second) against \(first)",
      body: """
        \(header)
        <section aria-label="Summary">
        <div class="cards">
        \(comparison.rows.prefix(3).map(card).joined(separator: "\n"))
        </div>
        </section>
        <section>
        <h2>What changes</h2>
        <div class="charts">
        \(charts)
        </div>
        </section>
        <section>
        <h2>All measures</h2>
        \(measures.figure)
        </section>
        \(lossSection)
        <section>
        <h2>How it was measured</h2>
        \(definitions)
        </section>
        """
    ).text
  }

  private var primary: String { comparison.rows.first?.measure.name ?? "" }

  private var header: String {
    let evaluation = comparison.evaluations.first
    let facts = [
      "\(NumberText.grouped(comparison.queries.count)) queries",
      "at most \(evaluation.depth) and \(comparison.evaluations.second.depth) documents a query",
      "rank-biased overlap \(NumberText.recall(comparison.meanRankBiasedOverlap))",
    ]
    return """
      <header>
      <p class="eyebrow">Needletail comparison of runs</p>
      <h1>\(html(second))</h1>
      <p class="facts">against \(html(first)), judged by \(html(qrels))</p>
      <p class="facts quiet">\(HTMLPage.facts(facts))</p>
      </header>
      """
  }

  private func card(_ row: RunComparison.Row) -> String {
    """
    <div class="card"><h3>\(html(row.measure.name))</h3>
    <p class="big">\(difference(row)) <small>\(relative(row))</small></p>
    <p class="quiet">\(value(row.first, row)) → \(value(row.second, row))</p>
    <div class="second"><p class="quiet">p \(NumberText.probability(row.test.p)), 95 % interval \
    \(interval(row)); \(row.test.losses) queries lose, \(row.test.wins) win</p></div></div>
    """
  }

  private var charts: String {
    let shown = comparison.rows.filter { !$0.measure.isCount }
    let intervals = IntervalChart(
      id: "differences",
      title: "Difference of each measure",
      caption: "Mean over the queries, with its 95 % confidence interval; left of 0 "
        + "\(second) is worse.",
      rows: shown.map { row in
        IntervalChart.Row(
          label: row.measure.name,
          value: row.test.mean,
          interval: row.test.interval,
          text: "\(difference(row)), p \(NumberText.probability(row.test.p))"
        )
      }
    )
    return """
      <div class="stack">
      \(shown.isEmpty ? "" : intervals.figure)
      \(overlapChart.figure)
      </div>
      \(queryChart)
      """
  }

  private var queryChart: String {
    let changed = comparison.queries.map(\.difference).filter { $0 != 0 }
    guard !changed.isEmpty else { return "" }
    let equal = comparison.queries.count - changed.count
    return Histogram(
      id: "queries",
      title: "Queries whose \(primary) changes",
      caption: "\(NumberText.grouped(equal)) queries do not change and are left out.",
      xTitle: "difference of \(primary)",
      yTitle: "queries",
      values: changed
    ).figure
  }

  private var overlapChart: CurveChart {
    let points = comparison.overlaps.map { overlap in
      CurveChart.Point(
        x: Double(overlap.depth),
        y: overlap.mean,
        note: "overlap@\(overlap.depth) \(NumberText.recall(overlap.mean))"
      )
    }
    return CurveChart(
      id: "overlap",
      title: "Overlap by depth",
      caption: "The mean share of the first k documents that both runs have.",
      x: CurveChart.Scale(
        title: "k",
        axis: .logarithmic(covering: comparison.overlaps.map { Double($0.depth) }),
        text: { NumberText.fixed($0, 0) }
      ),
      y: CurveChart.Scale(
        title: "overlap@k",
        axis: .fromZero(covering: [1]) { NumberText.tick($0) },
        text: NumberText.recall
      ),
      series: [
        CurveChart.Series(label: "overlap", style: SeriesStyle(number: 0), points: points)
      ]
    )
  }
}

extension ComparisonPage {
  private var measures: HTMLTable {
    let rows = comparison.rows.map { row in
      (
        name: row.measure.name,
        cells: [
          value(row.first, row), value(row.second, row), difference(row), relative(row),
          interval(row), NumberText.probability(row.test.p), "\(row.test.wins)", "\(row.test.ties)",
          "\(row.test.losses)",
        ]
      )
    }
    return HTMLTable(
      name: "Measures",
      first: "Measure",
      columns: [
        HTMLTable.Column(html(first)), HTMLTable.Column(html(second)),
        HTMLTable.Column("Difference"), HTMLTable.Column("Relative"),
        HTMLTable.Column("95 % interval"), HTMLTable.Column("p"), HTMLTable.Column("Wins"),
        HTMLTable.Column("Ties"), HTMLTable.Column("Losses"),
      ],
      groups: [rows]
    )
  }

  private var lossSection: String {
    let lost = comparison.largestLosses(losses)
    guard !lost.isEmpty else { return "" }
    let table = HTMLTable(
      name: "Queries that lose most",
      first: "Query",
      columns: [
        HTMLTable.Column(html(first)), HTMLTable.Column(html(second)),
        HTMLTable.Column("Difference"), HTMLTable.Column("Rank-biased<br>overlap"),
      ],
      groups: [
        lost.map { query in
          (
            name: query.id,
            cells: [
              NumberText.fixed(query.first, 4), NumberText.fixed(query.second, 4),
              NumberText.signed(query.difference, 4), NumberText.recall(query.rankBiasedOverlap),
            ]
          )
        }
      ]
    )
    return
      "<section>\n<h2>Queries that lose most \(html(primary))</h2>\n\(table.figure)\n</section>"
  }

  private var definitions: String {
    let entries = [
      (
        "Difference",
        "The second run's value minus the first's: the mean over the queries, or the sum for counts."
      ),
      (
        "p",
        "Fisher's paired randomization test, two-sided: how likely a mean difference at least as "
          + "large would be if the sign of each query's difference were chance. All signs are tried "
          + "up to 20 queries that change, otherwise "
          + "\(NumberText.grouped(PairedTest.drawnSignings)) draws (seed \(seed))."
      ),
      (
        "95 % interval",
        "Percentile bootstrap of the mean difference: "
          + "\(NumberText.grouped(PairedTest.resamples)) samples of the queries with replacement."
      ),
      (
        "Overlap@k",
        "The documents that both runs have among their first k, over as many as the longer has "
          + "there."
      ),
      (
        "Rank-biased overlap",
        "The extrapolated form of Webber, Moffat and Zobel (2010), p = 0.9: near 1 where the first "
          + "places agree."
      ),
    ]
    let items = entries.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }
    return "<dl>\n\(items.joined(separator: "\n"))\n</dl>"
  }

  private func value(_ value: Double, _ row: RunComparison.Row) -> String {
    row.measure.isCount ? NumberText.grouped(Int(value)) : NumberText.fixed(value, 4)
  }

  private func difference(_ row: RunComparison.Row) -> String {
    NumberText.signed(row.second - row.first, row.measure.isCount ? 0 : 4)
  }

  private func relative(_ row: RunComparison.Row) -> String {
    guard row.first != 0 else { return NumberText.none }
    return NumberText.signed(100 * (row.second - row.first) / row.first, 1) + " %"
  }

  private func interval(_ row: RunComparison.Row) -> String {
    "\(NumberText.signed(row.test.interval.lowerBound, 4)) to "
      + NumberText.signed(row.test.interval.upperBound, 4)
  }
}
