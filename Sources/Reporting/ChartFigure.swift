/// What stands around the drawing of every chart: title, caption, and a summary for those who cannot
/// see it.
struct ChartFigure {
  /// A word without spaces, unique in the page.
  let id: String
  let title: String
  /// One sentence under the title: what is drawn, and where is better.
  let caption: String

  /// The drawing is as wide as a phone, so that its text is never smaller than the page's there;
  /// wider frames set a smaller font (see ``ReportStyle``) and scale the drawing up.
  static let width = 360.0

  /// The figure around a drawing.
  ///
  /// - Parameters:
  ///   - height: the drawing's.
  ///   - summary: what it shows, in words.
  ///   - drawing: elements of SVG.
  ///   - legend: items of a list under the drawing.
  /// - Returns: an element of HTML.
  func figure(height: Double, summary: String, drawing: String, legend: String = "") -> String {
    """
    <figure class="chart">
    <figcaption><h3>\(html(title))</h3><p>\(html(caption))</p></figcaption>
    <svg viewBox="0 0 \(svg(Self.width)) \(svg(height))" role="img" \
    aria-labelledby="\(id)-t \(id)-d">
    <title id="\(id)-t">\(html(title))</title>
    <desc id="\(id)-d">\(html(summary))</desc>
    \(drawing)
    </svg>
    \(legend.isEmpty ? "" : "<ul class=\"legend\">\(legend)</ul>\n")</figure>
    """
  }
}
