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

  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  let caption: String
  let rows: [Row]

  /// A chart of some rows.
  package init(id: String, title: String, caption: String, rows: [Row]) {
    self.id = id
    self.title = title
    self.caption = caption
    self.rows = rows
  }

  private static let width = 360.0
  private static let left = 14.0
  private static let right = 346.0
  private static let rowHeight = 36.0
  /// Room for the numbers of the axis.
  private static let foot = 22.0

  private var bottom: Double { Double(rows.count) * Self.rowHeight + 4 }

  private var axis: Axis {
    .linear(covering: [0] + rows.flatMap { [$0.interval.lowerBound, $0.interval.upperBound] }) {
      NumberText.tick($0)
    }
  }

  /// A figure with title, caption and drawing.
  package var figure: String {
    let axis = axis
    let summary = rows.map { "\($0.label): \($0.text)" }.joined(separator: "; ")
    return """
      <figure class="chart">
      <figcaption><h3>\(html(title))</h3><p>\(html(caption))</p></figcaption>
      <svg viewBox="0 0 \(svg(Self.width)) \(svg(bottom + Self.foot))" role="img" \
      aria-labelledby="\(id)-t \(id)-d">
      <title id="\(id)-t">\(html(title))</title>
      <desc id="\(id)-d">\(html(summary))</desc>
      \(grid(axis))
      \(rows.enumerated().map { drawing($1, number: $0, axis) }.joined(separator: "\n"))
      </svg>
      </figure>
      """
  }

  private func x(_ value: Double, _ axis: Axis) -> Double {
    Self.left + axis.position(value) * (Self.right - Self.left)
  }

  private func grid(_ axis: Axis) -> String {
    let lines = axis.ticks.map { tick in
      let place = svg(Self.left + tick.position * (Self.right - Self.left))
      return """
        <line class="grid" x1="\(place)" y1="0" x2="\(place)" y2="\(svg(bottom))"/>\
        <text class="tick" x="\(place)" y="\(svg(bottom + 15))" \
        text-anchor="middle">\(tick.label)</text>
        """
    }
    let zero = svg(x(0, axis))
    return lines.joined(separator: "\n")
      + "\n<line class=\"level\" x1=\"\(zero)\" y1=\"0\" x2=\"\(zero)\" y2=\"\(svg(bottom))\"/>"
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
      <text class="value" x="\(svg(Self.width))" y="\(svg(top + 13))" \
      text-anchor="end">\(html(row.text))</text>\
      <line class="line" x1="\(low)" y1="\(height)" x2="\(high)" y2="\(height)"/>\
      \(style.marker(x: x(row.value, axis), y: top + 26))</g>
      """
  }
}
