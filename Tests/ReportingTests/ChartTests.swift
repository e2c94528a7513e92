import Reporting
import Testing

@Suite struct ChartTests {
  /// The numbers that stand at the first group of a pattern.
  private func numbers(_ page: String, _ pattern: Regex<(Substring, Substring)>) -> [Double] {
    page.matches(of: pattern).compactMap { Double($0.output.1) }
  }

  @Test func aHistogramCountsEveryValueOnce() {
    let values = [-0.5, -0.5, -0.25, 0.1, 0.1, 0.1, 1]
    let chart = Histogram(
      id: "h",
      title: "t",
      caption: "c",
      xTitle: "x",
      yTitle: "y",
      values: values
    ).figure
    let counts = numbers(chart, /<rect[^>]*><title>([0-9]+)</)
    #expect(counts == [2, 1, 3, 1])
    #expect(chart.contains("7 values from −0.5 to 1"))
  }

  @Test func intervalsLieAroundTheirValuesAndBesideZero() throws {
    let chart = IntervalChart(
      id: "i",
      title: "t",
      caption: "c",
      rows: [
        IntervalChart.Row(label: "a", value: -2, interval: -3 ... -1, text: "−2"),
        IntervalChart.Row(label: "b", value: 1, interval: 0.5...2, text: "+1"),
      ]
    ).figure
    let marks = numbers(chart, /<circle class="mark" cx="([0-9.]+)"/)
    let starts = numbers(chart, /<line class="line" x1="([0-9.]+)"/)
    let ends = numbers(chart, /<line class="line" [^>]*x2="([0-9.]+)"/)
    let zero = try #require(numbers(chart, /<line class="level" x1="([0-9.]+)"/).first)
    #expect(marks.count == 2 && starts.count == 2 && ends.count == 2)
    for ((start, mark), end) in zip(zip(starts, marks), ends) {
      #expect(start < mark && mark < end)
    }
    #expect(ends[0] < zero && zero < starts[1])
  }

  @Test func aCurveChartDrawsItsLevel() {
    func chart(_ level: (value: Double, label: String)?) -> String {
      CurveChart(
        id: "c",
        title: "t",
        caption: "c",
        x: CurveChart.Scale(title: "x", axis: .logarithmic(covering: [1, 100]), text: { "\($0)" }),
        y: CurveChart.Scale(
          title: "y",
          axis: .linear(covering: [0.1, 0.3], label: NumberText.tick),
          text: { "\($0)" }
        ),
        series: [
          CurveChart.Series(
            label: "s",
            style: SeriesStyle(number: 0),
            points: [
              CurveChart.Point(x: 1, y: 0.1, note: "n"),
              CurveChart.Point(x: 100, y: 0.3, note: "m"),
            ]
          )
        ],
        level: level
      ).figure
    }
    #expect(!chart(nil).contains("class=\"level\""))
    let level = chart((0.3, "exact"))
    #expect(level.contains("class=\"level\""))
    #expect(level.contains(">exact</text>"))
    #expect(level.contains("s: x 1.0 to 100.0, y 0.1 to 0.3."))
  }

  @Test(arguments: [1, 60, 61, 1000])
  func aCurveKeepsToFewMarks(count: Int) {
    let points = (0..<count).map { CurveChart.Point(x: Double($0), y: 1, note: "\($0)") }
    let scale = CurveChart.Scale(
      title: "x",
      axis: .fromZero(covering: [Double(count)], label: NumberText.tick),
      text: { "\($0)" }
    )
    let chart = CurveChart(
      id: "c",
      title: "t",
      caption: "c",
      x: scale,
      y: scale,
      series: [
        CurveChart.Series(label: "s", style: SeriesStyle(number: 0), points: points, isPale: true)
      ]
    ).figure
    let marks = chart.matches(of: /class="hit"/).count
    #expect(count <= 60 ? marks == count : marks <= 60)
    #expect(chart.contains("class=\"series c0 dense pale\"") == (count > 60))
    // The line still goes through every point.
    let line = chart.firstMatch(of: /<polyline[^>]*points="([^"]*)"/)?.output.1 ?? ""
    #expect(line.split(separator: " ").count == (count > 1 ? count : 0))
  }
}
