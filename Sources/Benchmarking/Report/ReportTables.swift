/// The tables of a report: what was built, and how it searches.
struct ReportTables {
  let results: Results

  var html: String {
    """
    \(region("Searches", searches))
    <h2>Indexes</h2>
    \(region("Indexes", indexes))
    """
  }

  /// A frame that scrolls sideways, also by keyboard.
  private func region(_ name: String, _ content: String) -> String {
    """
    <div class="scroll" role="region" aria-label="\(name)" tabindex="0">
    \(content)
    </div>
    """
  }

  private var searches: String {
    """
    <table>
    <thead><tr><th scope="col">Index</th><th scope="col" class="left">Setting</th>\
    <th scope="col">Recall@\(results.run.k)</th>\
    <th scope="col">Queries/s<br>1 thread</th><th scope="col">p50</th><th scope="col">p95</th>\
    <th scope="col">p99</th><th scope="col">Queries/s<br>batch, \(threads(results.run.threads))</th>\
    <th scope="col">Tolerant<br>recall</th></tr></thead>
    \(results.groups.map(searchRows).joined(separator: "\n"))
    </table>
    """
  }

  private func searchRows(_ group: Results.Group) -> String {
    let rows = zip(group.records, group.settings).map { record, setting in
      let search = record.search
      return row([
        head(group.label), cell(setting.isEmpty ? NumberText.none : setting, class: "left"),
        cell(NumberText.recall(search.recall)),
        cell(NumberText.rate(search.single.qps)), cell(NumberText.microseconds(search.single.p50)),
        cell(NumberText.microseconds(search.single.p95)),
        cell(NumberText.microseconds(search.single.p99)), cell(NumberText.rate(search.batch.qps)),
        cell(NumberText.recall(search.tolerantRecall)),
      ])
    }
    return "<tbody>\n\(rows.joined(separator: "\n"))\n</tbody>"
  }

  private var indexes: String {
    let rows = results.groups.map { group in
      let index = group.index
      return row([
        head(group.label), cell(NumberText.seconds(index.buildSeconds)),
        cell(NumberText.bytes(index.fileBytes)),
        cell(NumberText.short(Double(index.fileBytes) / Double(results.run.count))),
        cell(NumberText.bytes(index.addedBytes)), cell(NumberText.bytes(index.peakBytes)),
        cell(NumberText.microseconds(index.openMilliseconds * 1000)),
        cell(index.spec, class: "wide"),
      ])
    }
    return """
      <table>
      <thead><tr><th scope="col">Index</th><th scope="col">Build</th><th scope="col">File</th>\
      <th scope="col">Bytes/<br>vector</th><th scope="col">Memory added<br>by the build</th>\
      <th scope="col">Peak of<br>the process</th><th scope="col">Open and<br>first answer</th>\
      <th scope="col" class="left">Specification</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private func row(_ cells: [String]) -> String { "<tr>\(cells.joined())</tr>" }

  private func head(_ text: String) -> String {
    "<th scope=\"row\">\(Benchmarking.html(text))</th>"
  }

  private func cell(_ text: String, class name: String? = nil) -> String {
    "<td\(name.map { " class=\"\($0)\"" } ?? "")>\(Benchmarking.html(text))</td>"
  }
}
