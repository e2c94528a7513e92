/// A chart of how often values fall into bins of equal width.
package struct Histogram {
  private let heading: ChartFigure
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
    heading = ChartFigure(id: id, title: title, caption: caption)
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.values = values
  }

  private static let binCount = 24

  /// A figure with title, caption and drawing.
  package var figure: String {
    let axis = Axis.linear(covering: [0] + values) { NumberText.tick($0) }
    let counts = counts(axis)
    let heights = Axis.fromZero(covering: counts.map { Double($0) }) {
      NumberText.grouped(Int($0.rounded()))
    }
    let grid = PlotArea.plane.grid((axis, xTitle), (heights, yTitle))
    return heading.figure(
      height: PlotArea.planeHeight,
      summary: summary,
      drawing: "\(grid)\n\(bars(counts, heights))"
    )
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

  private func bars(_ counts: [Int], _ heights: Axis) -> String {
    let area = PlotArea.plane
    let width = (area.right - area.left) / Double(Self.binCount)
    let bars = counts.enumerated().filter { $0.element > 0 }.map { bin, count in
      let top = min(area.up(heights.position(Double(count))), area.bottom - 1)
      return """
        <rect class="bar" x="\(svg(area.left + Double(bin) * width + 0.5))" \
        y="\(svg(top))" width="\(svg(width - 1))" height="\(svg(area.bottom - top))">\
        <title>\(NumberText.grouped(count))</title></rect>
        """
    }
    return
      "<g class=\"\(SeriesStyle(number: 0).colorClass)\">\n\(bars.joined(separator: "\n"))\n</g>"
  }
}
