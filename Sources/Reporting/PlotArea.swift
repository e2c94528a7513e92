/// The part of a drawing that values are drawn in, with the lines of its axes.
struct PlotArea {
  private(set) var left: Double
  let right: Double
  let top: Double
  let bottom: Double

  /// The area of charts that have an axis along the bottom and one up the side.
  static let plane = PlotArea(left: 42, right: 350, top: 24, bottom: 246)
  /// The height of their drawing, with room for the numbers and the title of the axis.
  static let planeHeight = 290.0

  /// The same area with as much room to its left as the labels of an axis need.
  func fitting(_ axis: Axis) -> PlotArea {
    let longest = axis.ticks.map(\.label.count).max() ?? 0
    var area = self
    area.left = max(left, Double(longest) * 7 + 8)
    return area
  }

  /// The place of a position of the axis along the bottom.
  func across(_ position: Double) -> Double { left + position * (right - left) }

  /// The place of a position of the axis up the side.
  func up(_ position: Double) -> Double { bottom - position * (bottom - top) }

  /// Lines at the ticks of the axis along the bottom, and their labels.
  func columns(_ axis: Axis) -> String {
    axis.ticks.map { tick in
      let place = svg(across(tick.position))
      // A long label at the right end moves to the left until it is inside of the drawing.
      let middle = min(across(tick.position), right + 10 - Double(tick.label.count) * 3.8)
      return """
        <line class="grid" x1="\(place)" y1="\(svg(top))" x2="\(place)" y2="\(svg(bottom))"/>\
        <text class="tick" x="\(svg(middle))" y="\(svg(bottom + 18))" \
        text-anchor="middle">\(tick.label)</text>
        """
    }.joined(separator: "\n")
  }

  /// Lines at the ticks of the axis up the side, and their labels.
  func rows(_ axis: Axis) -> String {
    axis.ticks.map { tick in
      let place = up(tick.position)
      return """
        <line class="grid" x1="\(svg(left))" y1="\(svg(place))" x2="\(svg(right))" \
        y2="\(svg(place))"/>\
        <text class="tick" x="\(svg(left - 6))" y="\(svg(place + 4))" \
        text-anchor="end">\(tick.label)</text>
        """
    }.joined(separator: "\n")
  }

  /// Lines and labels of both axes, and what they mean.
  func grid(_ x: (axis: Axis, title: String), _ y: (axis: Axis, title: String)) -> String {
    """
    \(columns(x.axis))
    \(rows(y.axis))
    <text class="axis" x="\(svg((left + right) / 2))" y="\(svg(bottom + 36))" \
    text-anchor="middle">\(html(x.title)) →</text>
    <text class="axis" x="2" y="12">↑ \(html(y.title))</text>
    """
  }
}
