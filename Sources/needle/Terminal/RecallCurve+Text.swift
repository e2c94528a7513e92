internal import Needletail
internal import Reporting

extension RecallCurve {
  /// What was measured, and which setting reaches the target for each k: a line each.
  var choices: String {
    let count = NumberText.grouped(queryCount)
    let source =
      switch querySource {
      case .heldOut: "\(count) of the vectors, held out of a second index"
      case .leaveOneOut: "\(count) of the vectors, each left out"
      case .given: "\(count) queries"
      }
    let lines = tables.map { table in
      guard let setting = table.setting(reaching: target) else {
        return "recall@\(table.k): no setting reaches \(target); \(parameter)=\(table.best.value) "
          + "has \(Self.shown(table.best.recall)), at least \(Self.shown(table.best.lowerBound))\n"
      }
      return "recall@\(table.k): \(parameter)=\(setting) reaches \(target) with 95 % confidence\n"
    }
    return "tuned with \(source)\n" + lines.joined()
  }

  /// A table of all settings, with a header.
  var rows: [[String]] {
    let header = ["k", parameter, "recall", "at least"]
    return [header]
      + tables.flatMap { table in
        table.points.map { point in
          [
            "\(table.k)", "\(point.value)", Self.shown(point.recall), Self.shown(point.lowerBound),
          ]
        }
      }
  }

  /// The curve as JSON; `setting` is `null` where no setting reaches the target.
  var json: JSONText {
    let tables = tables.map { table in
      JSONText.object([
        ("k", .integer(table.k)),
        ("setting", table.setting(reaching: target)?.json ?? .null),
        (
          "points",
          .list(
            table.points.map { point in
              .object([
                ("value", point.value.json), ("recall", .real(point.recall)),
                ("lower_bound", .real(point.lowerBound)),
              ])
            }
          )
        ),
      ])
    }
    return .object([
      ("parameter", .text(parameter)),
      ("target", .real(target)),
      ("queries", .integer(queryCount)),
      ("query_source", .text(querySource.name)),
      ("tables", .list(tables)),
    ])
  }
}

extension RecallCurve.QuerySource {
  /// The name in JSON.
  var name: String {
    switch self {
    case .heldOut: "held-out"
    case .leaveOneOut: "leave-one-out"
    case .given: "given"
    }
  }
}
