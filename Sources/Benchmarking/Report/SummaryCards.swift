internal import Reporting
internal import VectorCore

/// The headline: who is fastest at the recalls that people ask for.
struct SummaryCards {
  let results: Results

  private static let floors = [0.9, 0.95, 0.99]

  var html: String {
    "<div class=\"cards\">\n\(Self.floors.map(card).joined(separator: "\n"))\n</div>"
  }

  private func card(_ floor: Double) -> String {
    let title = "Fastest at recall@\(results.run.k) ≥ \(NumberText.fixed(floor, 2))"
    guard let single = results.fastest(reaching: floor, by: \.single.qps),
      let batch = results.fastest(reaching: floor, by: \.batch.qps)
    else {
      return """
        <div class="card"><h3>\(title)</h3>
        <p class="quiet">No setting reaches it; try larger search parameters.</p></div>
        """
    }
    let search = single.group.records[single.place].search
    let batched = batch.group.records[batch.place].search
    return """
      <div class="card"><h3>\(title)</h3>
      <p class="big">\(NumberText.rate(search.single.qps)) <small>queries/s, one thread</small></p>
      \(name(single))
      <p class="quiet">\(details(single, search))</p>
      <div class="second">
      <p class="quiet"><b>\(NumberText.rate(batched.batch.qps)) queries/s</b> in one batch on \
      \(threads(results.run.threads)): \(Reporting.html(described(batch)))</p>
      </div></div>
      """
  }

  private func name(_ found: (group: Results.Group, place: Int)) -> String {
    let number = results.groups.firstIndex { $0.label == found.group.label } ?? 0
    return "<p class=\"by\">\(SeriesStyle(number: number).legendMark)"
      + "\(Reporting.html(described(found)))</p>"
  }

  private func described(_ found: (group: Results.Group, place: Int)) -> String {
    let setting = found.group.settings[found.place]
    return setting.isEmpty ? found.group.label : "\(found.group.label), \(setting)"
  }

  private func details(
    _ found: (group: Results.Group, place: Int),
    _ search: BenchmarkRecord.Search
  ) -> String {
    var parts = [
      "recall \(NumberText.recall(search.recall))",
      "p99 \(NumberText.microseconds(search.single.p99))",
    ]
    if let exact = results.exact, exact.index != found.group.index {
      let ratio = search.single.qps / exact.search.single.qps
      parts.append("\(NumberText.short(ratio))× flat")
    }
    return parts.joined(separator: " · ")
  }
}

/// "1 thread", "2 threads".
func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }

extension Metric {
  /// The metric's name in a sentence.
  var words: String {
    switch self {
    case .innerProduct: "inner product"
    case .cosine: "cosine"
    case .squaredL2: "squared L2"
    }
  }
}
