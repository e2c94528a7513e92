internal import Needletail

extension [Result] {
  /// A table for each group: what was measured, and a column for each size or way.
  var tables: String {
    distinct(map(\.name.benchmark)).map { benchmark in
      let results = filter { $0.name.benchmark == benchmark }
      let columns = distinct(results.map(\.name.column))
      let hasRecall = results.contains { $0.recall != nil }
      var lines = [
        ["\(benchmark), \(results[0].unit)"] + columns + (hasRecall ? ["recall@10"] : []),
        ["---"] + [String](repeating: "---:", count: columns.count + (hasRecall ? 1 : 0)),
      ]
      for variant in distinct(results.map(\.name.variant)) {
        let row = results.filter { $0.name.variant == variant }
        let values = columns.map { column in
          row.first { $0.name.column == column }.map {
            digits($0.value, $0.value < 100 && $0.value != $0.value.rounded() ? 2 : 0)
          } ?? ""
        }
        let recall = row.lazy.compactMap(\.recall).first.map { [digits($0, 4)] } ?? []
        lines.append([variant] + values + recall)
      }
      return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
    .joined(separator: "\n\n")
  }

  /// A JSON object for each result, with what is known about the run.
  func lines(in context: [(key: String, value: String)]) -> String {
    map { result in
      let name = [
        ("benchmark", result.name.benchmark), ("variant", result.name.variant),
        ("column", result.name.column), ("unit", result.unit),
      ]
      let texts = (name + context).map { "\(quoted($0.0)):\(quoted($0.1))" }
      let recall = result.recall.map { ["\"recall\":\($0)"] } ?? []
      return "{" + (texts + ["\"value\":\(result.value)"] + recall).joined(separator: ",") + "}"
    }
    .joined(separator: "\n")
  }

  private func distinct(_ texts: [String]) -> [String] {
    var seen = Set<String>()
    return texts.filter { seen.insert($0).inserted }
  }
}

/// A number with so many digits behind the point.
private func digits(_ value: Double, _ count: Int) -> String {
  let power = (0..<count).reduce(1) { power, _ in power * 10 }
  let (whole, part) = Int((value * Double(power)).rounded()).quotientAndRemainder(dividingBy: power)
  guard count > 0 else { return "\(whole)" }
  return "\(whole)." + String(String(power + part).dropFirst())
}

private func quoted(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
