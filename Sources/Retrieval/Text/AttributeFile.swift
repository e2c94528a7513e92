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

/// One value of one line.
private struct AttributeField {
  let name: String
  let text: String
  /// What the value is at least.
  let kind: AttributeKind
}

/// The types of columns, from the narrowest to the widest.
private enum AttributeKind: Int, Comparable {
  case integer, real, text

  /// The narrowest type that a text without type can be read as.
  init(reading text: String) {
    if Int64(text) != nil {
      self = .integer
    } else if let number = Double(text), number.isFinite, text.utf8.allSatisfy(Self.isNumeral) {
      self = .real
    } else {
      self = .text
    }
  }

  /// Whether a byte is part of a decimal number: "inf" and "0x1p3" are words.
  private static func isNumeral(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
  }

  static func < (left: AttributeKind, right: AttributeKind) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The lines of a file as names and values.
private struct AttributeLines: ~Copyable {
  struct Line {
    var id: String?
    var fields: [AttributeField] = []
  }

  private(set) var reader: LineReader
  private let isJSON: Bool
  /// The columns of a table.
  private var header: [String] = []

  init(_ path: String) throws(FileError) {
    reader = try LineReader(path: path)
    isJSON = path.hasSuffix(".jsonl") || path.hasSuffix(".jsonl.gz")
  }

  private mutating func readHeader() throws(FileError) {
    guard try reader.advance() else { return }
    header = try cells()
    if let twice = header.first(where: { name in header.count { $0 == name } > 1 }) {
      throw reader.error("the column '\(twice)' comes twice", remedy: "give columns other names")
    }
    guard !header.contains("") else {
      throw reader.error("a column has no name", remedy: "name the columns in the first line")
    }
  }

  mutating func next() throws(FileError) -> Line? {
    if !isJSON, reader.lineNumber == 0 { try readHeader() }
    guard try reader.advance() else { return nil }
    return isJSON ? try objectLine() : try tableLine()
  }

  private func tableLine() throws(FileError) -> Line {
    let cells = try cells()
    guard cells.count == header.count else {
      throw reader.error(
        "\(cells.count) fields instead of the \(header.count) of the first line",
        remedy: "separate fields by tabs"
      )
    }
    var line = Line()
    for (name, text) in zip(header, cells) {
      if JSONRecord.idNames.contains(name) {
        line.id = text
      } else if !text.isEmpty {
        line.fields.append(AttributeField(name: name, text: text, kind: .init(reading: text)))
      }
    }
    return line
  }

  private func cells() throws(FileError) -> [String] {
    let text = try reader.withLine { bytes throws(FileError) in try reader.text(bytes) }
    return text.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
  }

  private func objectLine() throws(FileError) -> Line {
    let bytes = reader.withLine { span in (0..<span.count).map { span[$0] } }
    let object = try reader.object(bytes, repairing: false)
    var line = Line(id: try reader.id(of: object))
    for member in object.members ?? [] where !JSONRecord.idNames.contains(member.name) {
      let name = member.name
      switch member.value {
      case .null: continue
      case .number(let digits):
        line.fields.append(AttributeField(name: name, text: digits, kind: .init(reading: digits)))
      case .text(let text):
        line.fields.append(AttributeField(name: name, text: text, kind: .text))
      case .flag(let flag):
        line.fields.append(AttributeField(name: name, text: "\(flag)", kind: .text))
      case .list, .object:
        throw reader.error(
          "the attribute '\(name)' is \(member.value.kind)",
          remedy: "give numbers, texts or truth values"
        )
      }
    }
    return line
  }
}

/// The columns and what is known of their types.
private struct ColumnTypes {
  /// In the order of their first values.
  private(set) var names: [String] = []
  private var kinds: [String: AttributeKind] = [:]

  mutating func note(_ field: AttributeField) {
    guard let known = kinds[field.name] else {
      names.append(field.name)
      kinds[field.name] = field.kind
      return
    }
    if known < field.kind { kinds[field.name] = field.kind }
  }

  func kind(of name: String) -> AttributeKind { kinds[name] ?? .text }
}

/// Which vector a line is about.
private struct AttributeRows {
  private let rowOf: [[UInt8]: Int]?
  private var isTaken: [Bool]
  private var next = 0

  /// Takes the ids, or `nil` where lines are in the order of the vectors.
  init(ids: VectorIDs?, count: Int) {
    isTaken = Array(repeating: false, count: count)
    rowOf = ids.map { ids in
      Dictionary((0..<count).map { (Array(ids.word(at: $0).utf8), $0) }) { first, _ in first }
    }
  }

  mutating func row(of id: String?, _ reader: borrowing LineReader) throws(FileError) -> Int {
    guard let rowOf else {
      guard next < isTaken.count else {
        throw reader.error(
          "there are only \(isTaken.count) vectors",
          remedy: "give a line for each vector, or ids in a column 'id'"
        )
      }
      next += 1
      return next - 1
    }
    guard let id else {
      throw reader.error("the line has no id, though others have", remedy: "give ids to all lines")
    }
    guard let row = rowOf[Array(id.utf8)] else {
      throw reader.error("no vector has the id '\(id)'", remedy: "leave the line out")
    }
    guard !isTaken[row] else {
      throw reader.error("the id '\(id)' came before", remedy: "give each id once")
    }
    isTaken[row] = true
    return row
  }

  /// Checks that lines without ids were as many as the vectors.
  func checkAll(_ path: String) throws(FileError) {
    guard rowOf == nil, next < isTaken.count else { return }
    throw FileError(
      .badData,
      path: path,
      reason: "\(next) lines for \(isTaken.count) vectors",
      remedy: "give a line for each vector, or ids in a column 'id'"
    )
  }
}

/// A column while it is filled.
private struct ColumnBuilder {
  private let name: String
  private let kind: AttributeKind
  private var integers: [Int64] = []
  private var reals: [Double] = []
  private var codes: [UInt32] = []
  private var words: [String] = []
  // By bytes: texts may differ in Unicode's normalization only.
  private var codeOf: [[UInt8]: UInt32] = [:]
  private var isPresent: [Bool]

  init(name: String, kind: AttributeKind, count: Int) {
    self.name = name
    self.kind = kind
    isPresent = Array(repeating: false, count: count)
    switch kind {
    case .integer: integers = Array(repeating: 0, count: count)
    case .real: reals = Array(repeating: 0, count: count)
    case .text: codes = Array(repeating: 0, count: count)
    }
  }

  mutating func set(_ row: Int, _ field: AttributeField) {
    isPresent[row] = true
    switch kind {
    case .integer: integers[row] = Int64(field.text) ?? 0
    case .real: reals[row] = Double(field.text) ?? 0
    case .text: codes[row] = code(of: field.text)
    }
  }

  private mutating func code(of text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    if let code = codeOf[bytes] { return code }
    let code = UInt32(words.count)
    codeOf[bytes] = code
    words.append(text)
    return code
  }

  func finished() -> AttributeTable.Column {
    let values: AttributeTable.Values
    switch kind {
    case .integer: values = .integers(SharedArray(integers))
    case .real: values = .reals(SharedArray(reals))
    case .text:
      let order = words.indices.sorted {
        words[$0].utf8.lexicographicallyPrecedes(words[$1].utf8)
      }
      var rank = [UInt32](repeating: 0, count: words.count)
      for (place, word) in order.enumerated() { rank[word] = UInt32(place) }
      let ranks = zip(codes, isPresent).map { code, isPresent in isPresent ? rank[Int(code)] : 0 }
      values = .texts(SharedArray(ranks), words: order.map { words[$0] })
    }
    return AttributeTable.Column(
      name: name,
      values: values,
      present: RowFilter(count: isPresent.count) { isPresent[Int($0)] }
    )
  }
}
