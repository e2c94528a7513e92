/// Lines of `name  value`, the values one below the other.
func aligned(_ rows: [(name: String, value: String)]) -> String {
  let width = rows.map(\.name.count).max() ?? 0
  return rows.map { row in
    row.name + String(repeating: " ", count: width - row.name.count + 2) + row.value + "\n"
  }.joined()
}

/// A table whose first column is aligned left and the others right.
func table(_ rows: [[String]]) -> String {
  let columns = rows.first?.count ?? 0
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    zip(row, widths).enumerated().map { column, cell in
      let space = String(repeating: " ", count: cell.1 - cell.0.count)
      return column == 0 ? cell.0 + space : space + cell.0
    }.joined(separator: "  ") + "\n"
  }.joined()
}

/// A checksum in sixteen digits.
func hexadecimal(_ checksum: UInt64) -> String {
  let digits = String(checksum, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
