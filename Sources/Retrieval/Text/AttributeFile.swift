public import IndexStore
public import VectorCore

/// A file with attributes of vectors, such as language and year of passages.
///
/// JSON lines, objects whose members are attributes, or a table of columns between tabs whose first
/// line names them; of both gzip. A member or column `id` (also `_id`, `text_id`) says whose attributes
/// a line has; without it the lines are those of the vectors, in their order.
///
/// A column holds whole numbers if all its values are such, else numbers if all are, else texts. A
/// member that is a text stays one, whatever its digits; truth values become the texts "true" and
/// "false". An empty field and `null` are no value.
public enum AttributeFile {
  /// Reads the attributes of the vectors of a set.
  ///
  /// The file is read twice: types are known only when all values have been seen.
  /// - Parameters:
  ///   - path: the file; `.jsonl` and `.jsonl.gz` hold JSON lines, others a table.
  ///   - ids: the ids of the vectors.
  ///   - count: how many vectors there are.
  /// - Returns: the attributes; a vector without a line has none.
  /// - Throws: ``VectorCore/FileError`` for a file that cannot be read, ids that no vector has or that
  ///   come twice, and without ids for other than `count` lines.
  public static func read(
    _ path: String,
    ids: VectorIDs,
    count: Int
  ) throws -> AttributeTable {
    var types = ColumnTypes()
    var survey = try AttributeLines(path)
    var hasIDs = false
    while let line = try survey.next() {
      hasIDs = hasIDs || line.id != nil
      for field in line.fields { types.note(field) }
      guard types.names.count <= AttributeTable.columnLimit else {
        throw survey.reader.error("more than \(AttributeTable.columnLimit) attributes")
      }
    }
    guard !types.names.isEmpty else {
      throw FileError(
        .badData,
        path: path,
        reason: "holds no attributes",
        remedy: "give JSON lines, or a table with tabs whose first line names the columns"
      )
    }
    var rows = AttributeRows(ids: hasIDs ? ids : nil, count: count)
    var columns = types.names.map {
      ColumnBuilder(name: $0, kind: types.kind(of: $0), count: count)
    }
    let places = Dictionary(uniqueKeysWithValues: types.names.enumerated().map { ($1, $0) })
    var lines = try AttributeLines(path)
    while let line = try lines.next() {
      let row = try rows.row(of: line.id, lines.reader)
      for field in line.fields {
        guard let place = places[field.name] else { continue }
        columns[place].set(row, field)
      }
    }
    try rows.checkAll(path)
    return AttributeTable(count: count, columns: columns.map { $0.finished() })
  }
}
