/// A chart of how often values fall into bins of equal width.
package struct Histogram {
  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  let caption: String
  let xTitle: String
  let yTitle: String
  let values: [Double]

  /// A chart of some values, at least one.
  package init(
    id: String,
    title: String,
    caption: String,
    xTitle: String,
    yTitle: String,
    values: [Double]
  ) {
    self.id = id
    self.title = title
    self.caption = caption
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.values = values
  }

  private static let width = 360.0
  private static let height = 290.0
  private static let left = 42.0
  private static let right = 350.0
  private static let top = 24.0
  private static let bottom = 246.0
  private static let binCount = 24

  /// A figure with title, caption and drawing.
  package var figure: String {
    let axis = Axis.linear(covering: [0] + values) { NumberText.tick($0) }
    let counts = counts(axis)
    let heights = Axis.fromZero(covering: counts.map { Double($0) }) {
      NumberText.grouped(Int($0.rounded()))
    }
    return """
      <figure class="chart">
      <figcaption><h3>\(html(title))</h3><p>\(html(caption))</p></figcaption>
      <svg viewBox="0 0 \(svg(Self.width)) \(svg(Self.height))" role="img" \
      aria-labelledby="\(id)-t \(id)-d">
      <title id="\(id)-t">\(html(title))</title>
      <desc id="\(id)-d">\(html(summary))</desc>
      \(grid(axis, heights))
      \(bars(counts, heights))
      </svg>
      </figure>
      """
  }

  private var summary: String {
    let low = NumberText.tick(values.min() ?? 0)
    let high = NumberText.tick(values.max() ?? 0)
    return "\(values.count) values from \(low) to \(high)"
  }

  /// How many values each bin has; the last one has its upper end as well.
  private func counts(_ axis: Axis) -> [Int] {
    var counts = [Int](repeating: 0, count: Self.binCount)
    for value in values {
      let bin = Int(axis.position(value) * Double(Self.binCount))
      counts[min(bin, Self.binCount - 1)] += 1
    }
    return counts
  }

  private func grid(_ axis: Axis, _ heights: Axis) -> String {
    let across = axis.ticks.map { tick in
      let place = svg(Self.left + tick.position * (Self.right - Self.left))
      return """
        <line class="grid" x1="\(place)" y1="\(svg(Self.top))" x2="\(place)" \
        y2="\(svg(Self.bottom))"/>\
        <text class="tick" x="\(place)" y="\(svg(Self.bottom + 18))" \
        text-anchor="middle">\(tick.label)</text>
        """
    }
    let up = heights.ticks.map { tick in
      let place = Self.bottom - tick.position * (Self.bottom - Self.top)
      return """
        <line class="grid" x1="\(svg(Self.left))" y1="\(svg(place))" x2="\(svg(Self.right))" \
        y2="\(svg(place))"/>\
        <text class="tick" x="\(svg(Self.left - 6))" y="\(svg(place + 4))" \
        text-anchor="end">\(tick.label)</text>
        """
    }
    let titles = """
      <text class="axis" x="\(svg((Self.left + Self.right) / 2))" y="\(svg(Self.height - 8))" \
      text-anchor="middle">\(html(xTitle)) →</text>
      <text class="axis" x="2" y="12">↑ \(html(yTitle))</text>
      """
    return (across + up + [titles]).joined(separator: "\n")
  }

  private func bars(_ counts: [Int], _ heights: Axis) -> String {
    let width = (Self.right - Self.left) / Double(Self.binCount)
    let bars = counts.enumerated().filter { $0.element > 0 }.map { bin, count in
      let height = max(heights.position(Double(count)) * (Self.bottom - Self.top), 1)
      return """
        <rect class="bar" x="\(svg(Self.left + Double(bin) * width + 0.5))" \
        y="\(svg(Self.bottom - height))" width="\(svg(width - 1))" height="\(svg(height))">\
        <title>\(NumberText.grouped(count))</title></rect>
        """
    }
    return
      "<g class=\"\(SeriesStyle(number: 0).colorClass)\">\n\(bars.joined(separator: "\n"))\n</g>"
  }
}
