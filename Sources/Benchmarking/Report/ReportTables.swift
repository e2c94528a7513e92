internal import Reporting

/// The tables of a report: what was built, and how it searches.
struct ReportTables {
  let results: Results

  var html: String {
    """
    \(searches.figure)
    <h2>Indexes</h2>
    \(indexes.figure)
    """
  }

  private var searches: HTMLTable {
    HTMLTable(
      name: "Searches",
      first: "Index",
      columns: [
        HTMLTable.Column("Setting", .word), HTMLTable.Column("Recall@\(results.run.k)"),
        results.run.exactQuality.map { HTMLTable.Column(Reporting.html($0.name)) },
        HTMLTable.Column("Queries/s<br>1 thread"), HTMLTable.Column("p50"),
        HTMLTable.Column("p95"), HTMLTable.Column("p99"),
        HTMLTable.Column("Queries/s<br>batch, \(threads(results.run.threads))"),
        HTMLTable.Column("Tolerant<br>recall"),
      ].compactMap { $0 },
      groups: results.groups.map(searchRows)
    )
  }

  private func searchRows(_ group: Results.Group) -> [(name: String, cells: [String])] {
    zip(group.records, group.settings).map { record, setting in
      let search = record.search
      return (
        group.label,
        [
          setting.isEmpty ? NumberText.none : setting, NumberText.recall(search.recall),
          search.quality.map { NumberText.fixed($0, 4) }, NumberText.rate(search.single.qps),
          NumberText.microseconds(search.single.p50),
          NumberText.microseconds(search.single.p95), NumberText.microseconds(search.single.p99),
          NumberText.rate(search.batch.qps), NumberText.recall(search.tolerantRecall),
        ].compactMap { $0 }
      )
    }
  }

  private var indexes: HTMLTable {
    let rows = results.groups.map { group in
      let index = group.index
      return (
        name: group.label,
        cells: [
          NumberText.seconds(index.buildSeconds), NumberText.bytes(index.fileBytes),
          NumberText.short(Double(index.fileBytes) / Double(results.run.count)),
          NumberText.bytes(index.addedBytes), NumberText.bytes(index.peakBytes),
          NumberText.microseconds(index.openMilliseconds * 1000), index.spec,
        ]
      )
    }
    return HTMLTable(
      name: "Indexes",
      first: "Index",
      columns: [
        HTMLTable.Column("Build"), HTMLTable.Column("File"), HTMLTable.Column("Bytes/<br>vector"),
        HTMLTable.Column("Memory added<br>by the build"),
        HTMLTable.Column("Peak of<br>the process"),
        HTMLTable.Column("Open and<br>first answer"), HTMLTable.Column("Specification", .text),
      ],
      groups: [rows]
    )
  }
}
