/// A chart of one curve per index.
package struct CurveChart {
  /// One curve.
  package struct Series {
    let label: String
    let style: SeriesStyle
    let points: [Point]
    let isPale: Bool

    /// A curve through its points in their order; a pale one stands behind another of its color.
    package init(label: String, style: SeriesStyle, points: [Point], isPale: Bool = false) {
      self.label = label
      self.style = style
      self.points = points
      self.isPale = isPale
    }
  }

  /// One setting.
  package struct Point {
    let x: Double
    let y: Double
    /// What a pointer shows.
    let note: String

    /// A setting with what a pointer shows.
    package init(x: Double, y: Double, note: String) {
      self.x = x
      self.y = y
      self.note = note
    }
  }

  /// What an axis says.
  package struct Scale {
    let title: String
    let axis: Axis
    /// Writes a value of the axis in the chart's summary.
    let text: (Double) -> String

    /// An axis with its title.
    package init(title: String, axis: Axis, text: @escaping (Double) -> String) {
      self.title = title
      self.axis = axis
      self.text = text
    }
  }

  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  /// One sentence under the title: what is drawn, and where is better.
  let caption: String
  let x: Scale
  let y: Scale
  let series: [Series]
  /// A height to draw a line at across the chart, with its label.
  let level: (value: Double, label: String)?

  /// A chart of some curves.
  package init(
    id: String,
    title: String,
    caption: String,
    x: Scale,
    y: Scale,
    series: [Series],
    level: (value: Double, label: String)? = nil
  ) {
    self.id = id
    self.title = title
    self.caption = caption
    self.x = x
    self.y = y
    self.series = series
    self.level = level
  }

  // The drawing is as wide as a phone, so that its text is never smaller than the page's there;
  // wider frames set a smaller font (see ReportStyle) and scale the drawing up.
  private static let width = 360.0
  private static let height = 290.0
  private static let right = 350.0
  private static let top = 24.0
  private static let bottom = 246.0
  /// Of more points than this a curve has marks only where a pointer is, and at so many of them.
  private static let mostMarks = 60

  /// A figure with title, caption, drawing and legend.
  package var figure: String {
    """
    <figure class="chart">
    <figcaption><h3>\(html(title))</h3><p>\(html(caption))</p></figcaption>
    <svg viewBox="0 0 \(svg(Self.width)) \(svg(Self.height))" role="img" \
    aria-labelledby="\(id)-t \(id)-d">
    <title id="\(id)-t">\(html(title))</title>
    <desc id="\(id)-d">\(html(summary))</desc>
    \(grid)
    \(levelLine)
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
      let ys = series.points.map { y.text($0.y) }
      return "\(series.label): \(x.title) \(x.text(low)) to \(x.text(high)), \(y.title) "
        + "\(ys.first ?? "") to \(ys.last ?? "")."
    }.joined(separator: " ")
  }

  /// Where the frame begins: as far right as the labels of the vertical axis need.
  private var left: Double {
    let longest = y.axis.ticks.map(\.label.count).max() ?? 0
    return max(42, Double(longest) * 7 + 8)
  }

  private func across(_ position: Double) -> Double {
    left + position * (Self.right - left)
  }

  private func up(_ position: Double) -> Double {
    Self.bottom - position * (Self.bottom - Self.top)
  }

  private var grid: String {
    var lines: [String] = []
    for tick in x.axis.ticks {
      let place = svg(across(tick.position))
      // A long label at the right end moves to the left until it is inside.
      let middle = min(across(tick.position), Self.width - Double(tick.label.count) * 3.8)
      lines.append(
        """
        <line class="grid" x1="\(place)" y1="\(svg(Self.top))" x2="\(place)" \
        y2="\(svg(Self.bottom))"/>\
        <text class="tick" x="\(svg(middle))" y="\(svg(Self.bottom + 16))" \
        text-anchor="middle">\(tick.label)</text>
        """
      )
    }
    for tick in y.axis.ticks {
      let place = up(tick.position)
      lines.append(
        """
        <line class="grid" x1="\(svg(left))" y1="\(svg(place))" x2="\(svg(Self.right))" \
        y2="\(svg(place))"/>\
        <text class="tick" x="\(svg(left - 6))" y="\(svg(place + 4))" \
        text-anchor="end">\(tick.label)</text>
        """
      )
    }
    lines.append(
      """
      <text class="axis" x="\(svg((left + Self.right) / 2))" y="\(svg(Self.height - 8))" \
      text-anchor="middle">\(html(x.title)) →</text>
      <text class="axis" x="2" y="12">↑ \(html(y.title))</text>
      """
    )
    return lines.joined(separator: "\n")
  }

  private var levelLine: String {
    guard let level else { return "" }
    let place = up(y.axis.position(level.value))
    // Below the line where it runs along the top.
    let text = place < Self.top + 14 ? place + 13 : place - 4
    return """
      <line class="level" x1="\(svg(left))" y1="\(svg(place))" x2="\(svg(Self.right))" \
      y2="\(svg(place))"/>
      <text class="value" x="\(svg(left + 4))" y="\(svg(text))">\(html(level.label))</text>
      """
  }

  private var curves: String {
    series.map { series in
      let places = series.points.map { point in
        (x: across(x.axis.position(point.x)), y: up(y.axis.position(point.y)), note: point.note)
      }
      let path = places.map { "\(svg($0.x)),\(svg($0.y))" }.joined(separator: " ")
      let line =
        places.count > 1
        ? "<polyline class=\"line\" points=\"\(path)\"\(series.style.dash)/>\n" : ""
      let isDense = places.count > Self.mostMarks
      let stride = (places.count - 1) / Self.mostMarks + 1
      let marked = places.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
      let marks = marked.map { place in
        // The unseen disc makes a target that a pointer can hit.
        "<g><title>\(html("\(series.label), \(place.note)"))</title>"
          + "<circle class=\"hit\" cx=\"\(svg(place.x))\" cy=\"\(svg(place.y))\" r=\"10\"/>"
          + "\(series.style.marker(x: place.x, y: place.y))</g>"
      }
      let classes =
        "series \(series.style.colorClass)" + (isDense ? " dense" : "")
        + (series.isPale ? " pale" : "")
      return """
        <g class="\(classes)" data-label="\(html(series.label))">
        \(line)\(marks.joined(separator: "\n"))
        </g>
        """
    }.joined(separator: "\n")
  }

  private var legend: String {
    series.map { series in
      let item = series.isPale ? "<li class=\"pale\">" : "<li>"
      return "\(item)\(series.style.legendMark)\(html(series.label))</li>"
    }.joined()
  }
}
