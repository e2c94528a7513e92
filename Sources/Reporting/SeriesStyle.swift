/// How a series is told from the others: colour, marker and dash, so that none is needed alone.
package struct SeriesStyle {
  /// The place of the index in the report.
  let number: Int

  /// The style of a series by its place in the report.
  package init(number: Int) { self.number = number }

  /// The colours have light and dark values in ``ReportStyle``.
  static let colors = 8
  private static let shapes = 8

  /// The class that sets the colour.
  package var colorClass: String { "c\(number % Self.colors)" }

  /// A dash pattern once the colours come round again.
  var dash: String {
    number < Self.colors ? "" : " stroke-dasharray=\"\(number < 2 * Self.colors ? "5 3" : "2 3")\""
  }

  /// The marker at a point, about 9 units across; `extra` is inserted as content.
  func marker(x: Double, y: Double, extra: String = "") -> String {
    func at(_ dx: Double, _ dy: Double) -> String { "\(svg(x + dx)),\(svg(y + dy))" }
    func polygon(_ corners: [(Double, Double)]) -> String {
      let points = corners.map { at($0.0, $0.1) }.joined(separator: " ")
      return "<polygon class=\"mark\" points=\"\(points)\">\(extra)</polygon>"
    }
    // Past the eighth, shapes come in another order, so that no pair of colour and shape recurs.
    switch (number + number / Self.colors) % Self.shapes {
    case 0:
      return "<circle class=\"mark\" cx=\"\(svg(x))\" cy=\"\(svg(y))\" r=\"4\">\(extra)</circle>"
    case 1: return polygon([(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)])
    case 2: return polygon([(0, -4.8), (4.4, 3.4), (-4.4, 3.4)])
    case 3: return polygon([(0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)])
    case 4: return polygon([(0, 4.8), (4.4, -3.4), (-4.4, -3.4)])
    case 5:
      return polygon([
        (-1.5, -4.6), (1.5, -4.6), (1.5, -1.5), (4.6, -1.5), (4.6, 1.5), (1.5, 1.5), (1.5, 4.6),
        (-1.5, 4.6), (-1.5, 1.5), (-4.6, 1.5), (-4.6, -1.5), (-1.5, -1.5),
      ])
    case 6:
      return polygon([(-2.4, -4.4), (2.4, -4.4), (4.8, 0), (2.4, 4.4), (-2.4, 4.4), (-4.8, 0)])
    default:
      return polygon([
        (-4.6, -3.2), (-3.2, -4.6), (0, -1.4), (3.2, -4.6), (4.6, -3.2), (1.4, 0), (4.6, 3.2),
        (3.2, 4.6), (0, 1.4), (-3.2, 4.6), (-4.6, 3.2), (-1.4, 0),
      ])
    }
  }

  /// A sample of line and marker for a legend.
  package var legendMark: String {
    """
    <svg class="key \(colorClass)" viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">\
    <line class="line" x1="1" y1="6" x2="25" y2="6"\(dash)/>\(marker(x: 13, y: 6))</svg>
    """
  }
}

/// A coordinate with one decimal: finer than any screen, and short.
package func svg(_ value: Double) -> String {
  let text = NumberText.fixed(value, 1)
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// Text for element content and double-quoted attributes.
package func html(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    // Most control characters are not allowed in HTML.
    case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
