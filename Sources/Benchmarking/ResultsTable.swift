internal import Reporting

extension BenchmarkRecord.Filter {
  /// The condition and its matches as people read them.
  var words: String { "filter \(name): \(NumberText.grouped(matches)) vectors match" }
}

/// The results as plain text for a terminal.
struct ResultsTable {
  let results: Results
  /// Columns of the terminal.
  let width: Int

  /// Two tables under one line on the run, each line ending in a line break.
  var text: String {
    let run = results.run
    let heading =
      "\(run.dataset): \(NumberText.grouped(run.count)) vectors of dimension \(run.dimension), "
      + "\(run.metric.words); \(NumberText.grouped(run.queries)) queries\n"
      + "\(run.machine.cpu), \(run.machine.cores) cores, \(run.machine.simd) kernels; "
      + "\(threads(run.threads)) for builds and batches; \(spelledDate(run.date))\n"
    let exact = run.exactQuality.map {
      "exact search has \($0.name) \(NumberText.fixed($0.value, 4))\n"
    }
    let filter = run.filter.map { $0.words + "\n" }
    return heading + (filter ?? "") + (exact ?? "") + "\n" + aligned(indexRows, leading: 1) + "\n"
      + aligned(searchRows, leading: 2)
  }

  private var indexRows: [[String]] {
    let head = ["index", "build", "file", "bytes/vector", "memory added", "peak", "open"]
    return [head]
      + results.groups.map { group in
        let index = group.index
        return [
          group.label, NumberText.seconds(index.buildSeconds), NumberText.bytes(index.fileBytes),
          NumberText.short(Double(index.fileBytes) / Double(results.run.count)),
          NumberText.bytes(index.addedBytes), NumberText.bytes(index.peakBytes),
          NumberText.microseconds(index.openMilliseconds * 1000),
        ]
      }
  }

  private var searchRows: [[String]] {
    let head = [
      "index", "setting", results.run.filter.map { _ in "way" }, "recall@\(results.run.k)",
      results.run.exactQuality?.name, "queries/s",
      "p50", "p95", "p99", "batch queries/s",
    ].compactMap { $0 }
    return [head]
      + results.groups.flatMap { group in
        zip(group.records, group.settings).map { record, setting in
          let search = record.search
          return [
            group.label, setting, results.run.filter.map { _ in search.filterWay ?? "" },
            NumberText.recall(search.recall),
            search.quality.map { NumberText.fixed($0, 4) }, NumberText.rate(search.single.qps),
            NumberText.microseconds(search.single.p50),
            NumberText.microseconds(search.single.p95), NumberText.microseconds(search.single.p99),
            NumberText.rate(search.batch.qps),
          ].compactMap { $0 }
        }
      }
  }

  /// Columns two spaces apart: the `leading` first flush left and cut where the width demands it,
  /// the rest flush right and never cut.
  func aligned(_ rows: [[String]], leading: Int) -> String {
    guard let columns = rows.first?.count else { return "" }
    var widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let gaps = 2 * (columns - 1)
    var excess = widths.reduce(gaps, +) - width
    // The widest of the leading columns gives way first, down to a width that still tells names.
    while excess > 0, let widest = (0..<leading).max(by: { widths[$0] < widths[$1] }),
      widths[widest] > 8
    {
      widths[widest] -= 1
      excess -= 1
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let text = cell.count > widths[column] ? "\(cell.prefix(widths[column] - 1))…" : cell
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column < leading ? text + space : space + text
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
