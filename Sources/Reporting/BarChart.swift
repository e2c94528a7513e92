/// A chart of one bar per index, its value written beside it.
package struct BarChart {
  /// One bar.
  package struct Bar {
    let label: String
    let style: SeriesStyle
    let value: Double
    let text: String

    /// A bar for a value of at least 0, with the text beside it.
    package init(label: String, style: SeriesStyle, value: Double, text: String) {
      self.label = label
      self.style = style
      self.value = value
      self.text = text
    }
  }

  private let heading: ChartFigure
  let bars: [Bar]

  /// A chart of some bars.
  package init(id: String, title: String, caption: String, bars: [Bar]) {
    heading = ChartFigure(id: id, title: title, caption: caption)
    self.bars = bars
  }

  private static let rowHeight = 32.0
  /// Room for the value beside the longest bar.
  private static let longest = 276.0

  /// A figure with title, caption and drawing.
  package var figure: String {
    heading.figure(
      height: Double(bars.count) * Self.rowHeight,
      summary: bars.map { "\($0.label): \($0.text)" }.joined(separator: "; "),
      drawing: rows
    )
  }

  private var rows: String {
    let scale = max(bars.map(\.value).max() ?? 1, .leastNormalMagnitude)
    return bars.enumerated().map { place, bar in
      let top = Double(place) * Self.rowHeight
      let length = max(bar.value / scale * Self.longest, 2)
      return """
        <g class="bar-row \(bar.style.colorClass)"><title>\(html("\(bar.label), \(bar.text)"))\
        </title><text class="name" x="0" y="\(svg(top + 12))">\(html(bar.label))</text>\
        <rect class="bar" x="0" y="\(svg(top + 17))" width="\(svg(length))" height="10" rx="2"/>\
        <text class="value" x="\(svg(length + 6))" y="\(svg(top + 26))">\(html(bar.text))</text></g>
        """
    }.joined(separator: "\n")
  }
}
