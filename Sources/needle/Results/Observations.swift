internal import Needletail
internal import Reporting

/// What an index counted while it was searched, for reports.
struct Observations {
  private let observed: [SearchObservation]

  /// Reads the counts of an index that keeps any.
  init(_ index: any VectorIndex) { observed = (index as? any ObservedIndex)?.observations ?? [] }

  /// The counts by name, for JSON reports.
  var json: [(String, JSONText)] { observed.map { ($0.name, .integer($0.count)) } }

  /// One line that says what the counts mean; empty where there are none.
  var line: String {
    let counts = Dictionary(observed.map { ($0.name, $0.count) }) { $1 }
    let plans = [
      ("filter_scanned", "compared with all matches"), ("filter_walked", "walked the graph"),
      ("filter_widened", "asked for more neighbors"),
    ].compactMap { name, plan in
      counts[name].flatMap { $0 > 0 ? "\(NumberText.grouped($0)) \(plan)" : nil }
    }
    if !plans.isEmpty { return "filtered: \(plans.joined(separator: ", "))\n" }
    guard let screened = counts["screened_pairs"], let survived = counts["surviving_pairs"],
      let full = counts["unscreened_pairs"]
    else { return "" }
    let share = screened > 0 ? 100 * Double(survived) / Double(screened) : 0
    return "integer first pass: of \(NumberText.grouped(screened)) pairs of query and vector "
      + "\(NumberText.grouped(survived)) survived (\(NumberText.short(share)) %); "
      + "\(NumberText.grouped(full)) were scored without it\n"
  }
}
