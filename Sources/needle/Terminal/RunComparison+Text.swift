internal import Reporting
internal import Retrieval

extension RunComparison {
  /// Tables for a terminal: the measures, the overlaps, and the queries that lose most.
  func text(losses: Int) -> String {
    let head = [
      "measure", "first", "second", "difference", "95 % interval", "p", "wins/ties/losses",
    ]
    let measures = rows.map { row in
      let test = row.test
      return [
        row.measure.name, value(row.first, row.measure), value(row.second, row.measure),
        NumberText.signed(row.second - row.first, row.measure.isCount ? 0 : 4),
        "\(NumberText.signed(test.interval.lowerBound, 4)) to "
          + NumberText.signed(test.interval.upperBound, 4),
        NumberText.probability(test.p),
        "\(test.wins)/\(test.ties)/\(test.losses)",
      ]
    }
    let agreement = aligned(
      overlaps.map { ("overlap@\($0.depth)", NumberText.recall($0.mean)) }
        + [("rank-biased overlap", NumberText.recall(meanRankBiasedOverlap))]
    )
    return "\(NumberText.grouped(queries.count)) queries\n\n" + table([head] + measures) + "\n"
      + agreement + lossTable(largestLosses(losses))
  }

  private func lossTable(_ lost: [Query]) -> String {
    guard !lost.isEmpty, let measure = rows.first?.measure else { return "" }
    let rows = lost.map { query in
      [
        query.id, value(query.first, measure), value(query.second, measure),
        NumberText.signed(query.difference, measure.isCount ? 0 : 4),
        NumberText.recall(query.rankBiasedOverlap),
      ]
    }
    return "\nqueries that lose most \(measure.name)\n"
      + table([["query", "first", "second", "difference", "rank-biased overlap"]] + rows)
  }

  private func value(_ value: Double, _ measure: Measure) -> String {
    measure.isCount ? NumberText.grouped(Int(value)) : NumberText.fixed(value, 4)
  }

  /// The comparison as JSON.
  func json(losses: Int) -> JSONText {
    .object([
      ("queries", .integer(queries.count)),
      ("measures", .list(rows.map(json))),
      (
        "overlap",
        .object(overlaps.map { ("\($0.depth)", .real($0.mean)) })
      ),
      ("rank_biased_overlap", .real(meanRankBiasedOverlap)),
      (
        "largest_losses",
        .list(
          largestLosses(losses).map { query in
            .object([
              ("query", .text(query.id)), ("first", .real(query.first)),
              ("second", .real(query.second)), ("difference", .real(query.difference)),
              ("rank_biased_overlap", .real(query.rankBiasedOverlap)),
            ])
          }
        )
      ),
    ])
  }

  private func json(_ row: Row) -> JSONText {
    let test = row.test
    return .object([
      ("measure", .text(row.measure.name)),
      ("first", .real(row.first)),
      ("second", .real(row.second)),
      ("difference", .real(row.second - row.first)),
      ("mean_difference", .real(test.mean)),
      ("interval_95", .list([.real(test.interval.lowerBound), .real(test.interval.upperBound)])),
      ("p", .real(test.p)),
      ("signings", .integer(test.signings)),
      ("wins", .integer(test.wins)),
      ("ties", .integer(test.ties)),
      ("losses", .integer(test.losses)),
    ])
  }
}
