internal import Glibc
internal import Reporting

/// A chart of one number of a training by step.
struct LoggedChart {
  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  let caption: String
  /// What the vertical axis shows.
  let unit: String
  /// Whether the vertical axis begins at 0.
  var fromZero = false
  /// Whether the values have no noise that a second curve should smooth.
  var isSmooth = false
  let curve: TrainingCurve
  /// A height to draw a line at, with its label.
  var level: (value: Double, label: String)?

  /// The chart; `nil` where nothing was logged.
  var chart: CurveChart? {
    guard !curve.points.isEmpty else { return nil }
    let drawn = curve.thinned
    let smoothed = isSmooth ? nil : drawn.smoothed
    let series =
      [self.series(unit, drawn, isPale: smoothed != nil)]
      + (smoothed.map { [self.series("smoothed", $0)] } ?? [])
    let values = drawn.points.map(\.value)
    let note =
      drawn.valuesPerPoint > 1 ? " Each point is the mean of \(drawn.valuesPerPoint) entries." : ""
    return CurveChart(
      id: id,
      title: title,
      caption: caption + note,
      x: CurveChart.Scale(
        title: "step",
        axis: .fromZero(covering: drawn.points.map { Double($0.step) }, label: Self.stepText),
        text: { NumberText.grouped(Int($0)) }
      ),
      y: CurveChart.Scale(
        title: unit,
        axis: fromZero
          ? .fromZero(covering: values, label: Self.valueText)
          : .linear(covering: values, label: Self.valueText),
        text: NumberText.short
      ),
      series: series,
      level: level
    )
  }

  private func series(
    _ label: String,
    _ curve: TrainingCurve,
    isPale: Bool = false
  ) -> CurveChart.Series {
    CurveChart.Series(
      label: label,
      style: SeriesStyle(number: 0),
      points: curve.points.map { point in
        CurveChart.Point(
          x: Double(point.step),
          y: point.value,
          note: "step \(NumberText.grouped(point.step)): \(NumberText.short(point.value))"
        )
      },
      isPale: isPale
    )
  }

  /// A step at an axis; there is nothing between two steps.
  private static func stepText(_ value: Double) -> String {
    value == value.rounded() ? valueText(value) : ""
  }

  /// A number at an axis: 0.25, 7,500, 12.5k, 2M.
  private static func valueText(_ value: Double) -> String {
    for (size, unit) in [(1e6, "M"), (1e3, "k")] where abs(value) >= max(size, 1e4) * 0.999_999 {
      return NumberText.tick(value / size) + unit
    }
    return abs(value) >= 1000 ? NumberText.grouped(Int(value)) : NumberText.tick(value)
  }
}

/// A power of ten as a unit of small numbers.
struct PowerOfTen {
  let value: Double
  /// As people write it: 10⁻⁶.
  let text: String

  /// The highest power of ten that is at most `number`, which is positive; 1 for other numbers.
  init(below number: Double) {
    let digits = number > 0 && number.isFinite ? Int(log10(number).rounded(.down)) : 0
    value = pow(10, Double(digits))
    let superscripts: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
      "8": "⁸", "9": "⁹",
    ]
    text = digits == 0 ? "1" : "10" + String(String(digits).compactMap { superscripts[$0] })
  }
}
