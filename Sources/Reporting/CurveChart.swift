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

  private let heading: ChartFigure
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
    heading = ChartFigure(id: id, title: title, caption: caption)
    self.x = x
    self.y = y
    self.series = series
    self.level = level
  }

  private var area: PlotArea { PlotArea.plane.fitting(y.axis) }
  /// Of more points than this a curve has marks only where a pointer is, and at so many of them.
  private static let mostMarks = 60

  /// A figure with title, caption, drawing and legend.
  package var figure: String {
    let grid = area.grid((x.axis, x.title), (y.axis, y.title))
    return heading.figure(
      height: PlotArea.planeHeight,
      summary: summary,
      drawing: "\(grid)\n\(levelLine)\n\(curves)",
      legend: legend
    )
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

  private var levelLine: String {
    guard let level else { return "" }
    let place = area.up(y.axis.position(level.value))
    // Below the line where it runs along the top.
    let text = place < area.top + 14 ? place + 13 : place - 4
    return """
      <line class="level" x1="\(svg(area.left))" y1="\(svg(place))" x2="\(svg(area.right))" \
      y2="\(svg(place))"/>
      <text class="value" x="\(svg(area.left + 4))" y="\(svg(text))">\(html(level.label))</text>
      """
  }

  private var curves: String {
    series.map { series in
      let places = series.points.map { point in
        (
          x: area.across(x.axis.position(point.x)), y: area.up(y.axis.position(point.y)),
          note: point.note
        )
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
