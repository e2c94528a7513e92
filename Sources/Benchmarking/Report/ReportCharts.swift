internal import Reporting

/// The charts of a report.
struct ReportCharts {
  let results: Results

  var html: String {
    """
    <div class="charts">
    \(single.figure)
    \(batch.figure)
    \(size.figure)
    \(bars)
    </div>
    """
  }

  /// Low charts, which together fill a place beside three or four high ones.
  private var bars: String {
    guard let quality else {
      return "<div class=\"stack\">\n\(build.figure)\n\(memory.figure)\n</div>"
    }
    return [quality.figure, build.figure, memory.figure].joined(separator: "\n")
  }

  private var recallTitle: String { "recall@\(results.run.k)" }

  private var recallAxis: Axis {
    .recall(covering: results.groups.flatMap { $0.records.map(\.search.recall) })
  }

  private var single: CurveChart {
    curves(
      id: "single",
      title: "Single queries, one thread",
      caption: "Queries per second, one a call. Up and to the right is better.",
      yTitle: "queries/s",
      axis: { .logarithmic(covering: $0) },
      value: { $0.search.single.qps },
      note: { record in
        "\(NumberText.rate(record.search.single.qps)) queries/s, "
          + "p50 \(NumberText.microseconds(record.search.single.p50))"
      }
    )
  }

  private var batch: CurveChart {
    let run = results.run
    return curves(
      id: "batch",
      title: "Batches, \(threads(run.threads))",
      caption: "Queries per second, \(NumberText.grouped(run.queries)) in one call. "
        + "Up and to the right is better.",
      yTitle: "queries/s",
      axis: { .logarithmic(covering: $0) },
      value: { $0.search.batch.qps },
      note: { "\(NumberText.rate($0.search.batch.qps)) queries/s" }
    )
  }

  private var size: CurveChart {
    curves(
      id: "size",
      title: "Size of the index file",
      caption: "Bytes per vector, and the recall that the sweep reaches with them. "
        + "Down and to the right is better.",
      yTitle: "bytes/vector",
      axis: { .fromZero(covering: $0) { NumberText.grouped(Int($0.rounded())) } },
      value: \.bytesPerVector,
      note: { "\(NumberText.short($0.bytesPerVector)) bytes/vector" }
    )
  }

  /// The figure of quality against the rate, with that of exact search as a line.
  private var quality: CurveChart? {
    guard let exact = results.run.exactQuality else { return nil }
    func value(_ record: BenchmarkRecord) -> Double { record.search.quality ?? 0 }
    let records = results.groups.flatMap(\.records)
    let series = results.groups.enumerated().map { number, group in
      CurveChart.Series(
        label: group.label,
        style: SeriesStyle(number: number),
        points: zip(group.records, group.settings).map { record, setting in
          let note =
            "\(exact.name) \(NumberText.fixed(value(record), 4)), "
            + "\(NumberText.rate(record.search.single.qps)) queries/s"
          return CurveChart.Point(
            x: record.search.single.qps,
            y: value(record),
            note: setting.isEmpty ? note : "\(setting), \(note)"
          )
        }
      )
    }
    return CurveChart(
      id: "quality",
      title: "What an index costs in \(exact.name)",
      caption: "Single queries on one thread. Up and to the right is better.",
      x: CurveChart.Scale(
        title: "queries/s",
        axis: .logarithmic(covering: records.map(\.search.single.qps)),
        text: NumberText.rate
      ),
      y: CurveChart.Scale(
        title: exact.name,
        axis: .linear(covering: records.map(value) + [exact.value], label: NumberText.tick),
        text: { NumberText.fixed($0, 4) }
      ),
      series: series,
      level: (exact.value, "exact search \(NumberText.fixed(exact.value, 4))")
    )
  }

  private func curves(
    id: String,
    title: String,
    caption: String,
    yTitle: String,
    axis: ([Double]) -> Axis,
    value: (BenchmarkRecord) -> Double,
    note: (BenchmarkRecord) -> String
  ) -> CurveChart {
    let series = results.groups.enumerated().map { number, group in
      CurveChart.Series(
        label: group.label,
        style: SeriesStyle(number: number),
        points: zip(group.records, group.settings).map { record, setting in
          let recall = "recall \(NumberText.recall(record.search.recall))"
          return CurveChart.Point(
            x: record.search.recall,
            y: value(record),
            note: [setting, recall, note(record)].filter { !$0.isEmpty }.joined(separator: ", ")
          )
        }
      )
    }
    return CurveChart(
      id: id,
      title: title,
      caption: caption,
      x: CurveChart.Scale(title: recallTitle, axis: recallAxis, text: NumberText.recall),
      y: CurveChart.Scale(
        title: yTitle,
        axis: axis(results.groups.flatMap { $0.records.map(value) }),
        text: NumberText.rate
      ),
      series: series
    )
  }

  private var build: BarChart {
    barChart(
      id: "build",
      title: "Build time, \(threads(results.run.threads))",
      caption: "Shorter is better.",
      value: \.buildSeconds,
      text: { NumberText.seconds($0.buildSeconds) }
    )
  }

  private var memory: BarChart {
    barChart(
      id: "memory",
      title: "Memory added by the build",
      caption: "The peak above what the process held before. Shorter is better.",
      value: { Double($0.addedBytes) },
      text: { NumberText.bytes($0.addedBytes) }
    )
  }

  private func barChart(
    id: String,
    title: String,
    caption: String,
    value: (BenchmarkRecord.Index) -> Double,
    text: (BenchmarkRecord.Index) -> String
  ) -> BarChart {
    BarChart(
      id: id,
      title: title,
      caption: caption,
      bars: results.groups.enumerated().map { number, group in
        BarChart.Bar(
          label: group.label,
          style: SeriesStyle(number: number),
          value: value(group.index),
          text: text(group.index)
        )
      }
    )
  }
}
