/// A chart of one value with its interval per row, on both sides of zero.
package struct IntervalChart {
  /// One row.
  package struct Row {
    let label: String
    let value: Double
    let interval: ClosedRange<Double>
    let text: String

    /// A value with the interval around it, and the text that stands beside the label.
    package init(label: String, value: Double, interval: ClosedRange<Double>, text: String) {
      self.label = label
      self.value = value
      self.interval = interval
      self.text = text
    }
  }

  private let heading: ChartFigure
  let rows: [Row]

  /// A chart of some rows.
  package init(id: String, title: String, caption: String, rows: [Row]) {
    heading = ChartFigure(id: id, title: title, caption: caption)
    self.rows = rows
  }

  private static let rowHeight = 36.0
  /// Room for the numbers of the axis.
  private static let foot = 22.0

  private var area: PlotArea {
    PlotArea(left: 14, right: 346, top: 0, bottom: Double(rows.count) * Self.rowHeight + 4)
  }

  private var axis: Axis {
    .linear(covering: [0] + rows.flatMap { [$0.interval.lowerBound, $0.interval.upperBound] }) {
      NumberText.tick($0)
    }
  }

  /// A figure with title, caption and drawing.
  package var figure: String {
    let axis = axis
    let drawings = rows.enumerated().map { drawing($1, number: $0, axis) }
    return heading.figure(
      height: area.bottom + Self.foot,
      summary: rows.map { "\($0.label): \($0.text)" }.joined(separator: "; "),
      drawing: "\(area.columns(axis))\n\(zeroLine(axis))\n\(drawings.joined(separator: "\n"))"
    )
  }

  private func x(_ value: Double, _ axis: Axis) -> Double { area.across(axis.position(value)) }

  private func zeroLine(_ axis: Axis) -> String {
    let zero = svg(x(0, axis))
    return
      "<line class=\"level\" x1=\"\(zero)\" y1=\"0\" x2=\"\(zero)\" y2=\"\(svg(area.bottom))\"/>"
  }

  private func drawing(_ row: Row, number: Int, _ axis: Axis) -> String {
    let top = Double(number) * Self.rowHeight
    let style = SeriesStyle(number: 0)
    let low = svg(x(row.interval.lowerBound, axis))
    let high = svg(x(row.interval.upperBound, axis))
    let height = svg(top + 26)
    return """
      <g class="series \(style.colorClass)"><title>\(html("\(row.label), \(row.text)"))</title>\
      <text class="name" x="0" y="\(svg(top + 13))">\(html(row.label))</text>\
      <text class="value" x="\(svg(ChartFigure.width))" y="\(svg(top + 13))" \
      text-anchor="end">\(html(row.text))</text>\
      <line class="line" x1="\(low)" y1="\(height)" x2="\(high)" y2="\(height)"/>\
      \(style.marker(x: x(row.value, axis), y: top + 26))</g>
      """
  }
}
