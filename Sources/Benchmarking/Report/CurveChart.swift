/// A chart of one curve per index.
struct CurveChart {
  /// One curve.
  struct Series {
    let label: String
    let style: SeriesStyle
    let points: [Point]
  }

  /// One setting.
  struct Point {
    let x: Double
    let y: Double
    /// What a pointer shows.
    let note: String
  }

  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  /// One sentence under the title: what is drawn, and where is better.
  let caption: String
  let xTitle: String
  let yTitle: String
  let xAxis: Axis
  let yAxis: Axis
  let series: [Series]

  // The drawing is as wide as a phone, so that its text is never smaller than the page's there;
  // wider frames set a smaller font (see ReportStyle) and scale the drawing up.
  private static let width = 360.0
  private static let height = 290.0
  private static let left = 42.0
  private static let right = 350.0
  private static let top = 24.0
  private static let bottom = 246.0

  /// A figure with title, caption, drawing and legend.
  var figure: String {
    """
    <figure class="chart">
    <figcaption><h3>\(html(title))</h3><p>\(html(caption))</p></figcaption>
    <svg viewBox="0 0 \(svg(Self.width)) \(svg(Self.height))" role="img" \
    aria-labelledby="\(id)-t \(id)-d">
    <title id="\(id)-t">\(html(title))</title>
    <desc id="\(id)-d">\(html(summary))</desc>
    \(grid)
    \(curves)
    </svg>
    <ul class="legend">\(legend)</ul>
    </figure>
    """
  }

  private var summary: String {
    series.map { series in
      let xs = series.points.map(\.x)
      guard let low = xs.min(), let high = xs.max() else { return "" }
      let ys = series.points.map { NumberText.rate($0.y) }
      let recalls = [low, high].map { NumberText.recall($0) }
      return "\(series.label): \(xTitle) \(recalls[0]) to \(recalls[1]), \(yTitle) "
        + "\(ys.first ?? "") to \(ys.last ?? "")."
    }.joined(separator: " ")
  }

  private func x(_ position: Double) -> Double {
    Self.left + position * (Self.right - Self.left)
  }

  private func y(_ position: Double) -> Double {
    Self.bottom - position * (Self.bottom - Self.top)
  }

  private var grid: String {
    var lines: [String] = []
    for tick in xAxis.ticks {
      let place = svg(x(tick.position))
      lines.append(
        """
        <line class="grid" x1="\(place)" y1="\(svg(Self.top))" x2="\(place)" \
        y2="\(svg(Self.bottom))"/>\
        <text class="tick" x="\(place)" y="\(svg(Self.bottom + 16))" \
        text-anchor="middle">\(tick.label)</text>
        """
      )
    }
    for tick in yAxis.ticks {
      let place = y(tick.position)
      lines.append(
        """
        <line class="grid" x1="\(svg(Self.left))" y1="\(svg(place))" x2="\(svg(Self.right))" \
        y2="\(svg(place))"/>\
        <text class="tick" x="\(svg(Self.left - 6))" y="\(svg(place + 4))" \
        text-anchor="end">\(tick.label)</text>
        """
      )
    }
    lines.append(
      """
      <text class="axis" x="\(svg((Self.left + Self.right) / 2))" y="\(svg(Self.height - 8))" \
      text-anchor="middle">\(html(xTitle)) →</text>
      <text class="axis" x="2" y="12">↑ \(html(yTitle))</text>
      """
    )
    return lines.joined(separator: "\n")
  }

  private var curves: String {
    series.map { series in
      let places = series.points.map { point in
        (x: x(xAxis.position(point.x)), y: y(yAxis.position(point.y)), note: point.note)
      }
      let path = places.map { "\(svg($0.x)),\(svg($0.y))" }.joined(separator: " ")
      let line =
        places.count > 1
        ? "<polyline class=\"line\" points=\"\(path)\"\(series.style.dash)/>\n" : ""
      let marks = places.map { place in
        // The unseen disc makes a target that a pointer can hit.
        "<g><title>\(html("\(series.label), \(place.note)"))</title>"
          + "<circle class=\"hit\" cx=\"\(svg(place.x))\" cy=\"\(svg(place.y))\" r=\"10\"/>"
          + "\(series.style.marker(x: place.x, y: place.y))</g>"
      }
      return """
        <g class="series \(series.style.colorClass)" data-label="\(html(series.label))">
        \(line)\(marks.joined(separator: "\n"))
        </g>
        """
    }.joined(separator: "\n")
  }

  private var legend: String {
    series.map { "<li>\($0.style.legendMark)\(html($0.label))</li>" }.joined()
  }
}
