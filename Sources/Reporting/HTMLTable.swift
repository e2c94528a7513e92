/// A table whose first column names its rows.
package struct HTMLTable {
  /// A column after the first.
  package struct Column {
    let title: String
    let style: Style

    /// How a column is set.
    package enum Style {
      /// Numbers, flush right.
      case number
      /// Words, flush left.
      case word
      /// Long text, small and broken over lines.
      case text
    }

    /// A column with a title, in which `<br>` breaks the line.
    package init(_ title: String, _ style: Style = .number) {
      self.title = title
      self.style = style
    }

    fileprivate var cellClass: String {
      switch style {
      case .number: ""
      case .word: " class=\"left\""
      case .text: " class=\"wide\""
      }
    }

    fileprivate var head: String {
      "<th scope=\"col\"\(style == .number ? "" : " class=\"left\"")>\(title)</th>"
    }
  }

  /// What the table shows, for those who hear the page.
  let name: String
  let first: String
  let columns: [Column]
  /// Rows in groups, between which a line is drawn: the name of the row, and a cell a column.
  let groups: [[(name: String, cells: [String])]]

  /// A table; names and cells are text, titles are HTML.
  package init(
    name: String,
    first: String,
    columns: [Column],
    groups: [[(name: String, cells: [String])]]
  ) {
    self.name = name
    self.first = first
    self.columns = columns
    self.groups = groups
  }

  /// The table in a frame that scrolls sideways, also by keyboard.
  package var figure: String {
    """
    <div class="scroll" role="region" aria-label="\(html(name))" tabindex="0">
    <table>
    <thead><tr><th scope="col">\(first)</th>\(columns.map(\.head).joined())</tr></thead>
    \(groups.map(body).joined(separator: "\n"))
    </table>
    </div>
    """
  }

  private func body(_ rows: [(name: String, cells: [String])]) -> String {
    let lines = rows.map { row in
      let cells = zip(columns, row.cells).map { "<td\($0.cellClass)>\(html($1))</td>" }
      return "<tr><th scope=\"row\">\(html(row.name))</th>\(cells.joined())</tr>"
    }
    return "<tbody>\n\(lines.joined(separator: "\n"))\n</tbody>"
  }
}
