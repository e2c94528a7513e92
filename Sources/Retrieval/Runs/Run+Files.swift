public import VectorCore

extension Run {
  /// Reads a file, plain or gzip.
  ///
  /// - Parameters:
  ///   - path: the file. Columns stand between tabs or blanks.
  ///   - format: how its lines are written; `nil` takes what the ending of the name tells, and
  ///     ``RunFormat/trec`` for six columns under any other name.
  /// - Throws: ``VectorCore/FileError`` with the line for another number of columns, ranks that are
  ///   no whole numbers, scores that are no finite numbers, a document that stands twice for a
  ///   query, and text that is not UTF-8; and for a file without entries.
  /// - Complexity: O(lines); about 12 bytes a line, and each different id once.
  public init(contentsOf path: String, format: RunFormat? = nil) throws(FileError) {
    var lines = try LineReader(path: path)
    let known = format ?? RunFormat(forFileNamed: path)
    if known == .jsonl {
      self = try Self.readJSONLines(&lines)
      return
    }
    var columns = RunColumns(format: known)
    while try lines.advance() {
      try lines.withLine { (line) throws(FileError) in try columns.add(line, of: lines) }
    }
    try columns.table.checkEntries(path: path)
    try columns.table.checkDuplicates(path: path)
    self = columns.table.run(path: path)
  }
}

/// Collects a run whose lines have columns.
private struct RunColumns {
  private var format: RunFormat?
  private var fields = LineFields()
  private(set) var table = RunTable()

  init(format: RunFormat?) { self.format = format }

  /// Adds the current line of a reader.
  mutating func add(_ line: Span<UInt8>, of reader: borrowing LineReader) throws(FileError) {
    try reader.checkUTF8(line)
    fields.cut(line)
    let format: RunFormat
    if let known = self.format { format = known } else { format = try guessed(reader) }
    self.format = format
    guard fields.count == format.columns else {
      throw reader.error(
        "\(fields.count) columns, but the format \(format.rawValue) has \(format.columns ?? 0)",
        remedy: "a line is '\(format.line)'; give the run's format"
      )
    }
    let query = query(line.extracting(fields[0]))
    switch format {
    case .trec:
      let rank = try rank(line.extracting(fields[3]), of: reader)
      let score = try score(line.extracting(fields[4]), of: reader)
      table.append(
        query: query,
        document: line.extracting(fields[2]),
        score: score,
        rank: rank
      )
    case .msmarco:
      let rank = try rank(line.extracting(fields[2]), of: reader)
      // Single precision holds ranks up to 16 million.
      table.append(
        query: query,
        document: line.extracting(fields[1]),
        score: -Float(rank),
        rank: rank
      )
    case .tsv, .jsonl:
      let score = try score(line.extracting(fields[2]), of: reader)
      table.append(query: query, document: line.extracting(fields[1]), score: score)
    }
    guard table.count < UInt32.max else {
      throw reader.error("more than \(UInt32.max) results", remedy: "split the file")
    }
  }

  /// The format that the first line must be of, where the file's name tells none.
  private func guessed(_ reader: borrowing LineReader) throws(FileError) -> RunFormat {
    if fields.count == RunFormat.trec.columns { return .trec }
    throw reader.error(
      "\(fields.count) columns" + (fields.count == 3 ? " may be of two formats" : ""),
      remedy: "give --format, for negatives --run-format: trec ('\(RunFormat.trec.line)'), "
        + "tsv ('\(RunFormat.tsv.line)') or msmarco ('\(RunFormat.msmarco.line)')"
    )
  }

  /// The number of a query, mostly that of the line before.
  private mutating func query(_ id: Span<UInt8>) -> UInt32 {
    if let last = table.segments.last, table.queries.isEqual(last, id) { return last }
    return table.queries.insert(id)
  }

  private func rank(
    _ text: Span<UInt8>,
    of reader: borrowing LineReader
  ) throws(FileError) -> Int32 {
    if let rank = parseInteger(text) { return rank }
    throw reader.error(
      "the rank '\(try reader.text(text).prefix(40))' is no whole number",
      remedy: "a line is '\(format?.line ?? "")'"
    )
  }

  private func score(
    _ text: Span<UInt8>,
    of reader: borrowing LineReader
  ) throws(FileError) -> Float {
    if let score = parseDecimal(text) { return Float(score) }
    throw reader.error(
      "the score '\(try reader.text(text).prefix(40))' is no finite number",
      remedy: "a line is '\(format?.line ?? "")'"
    )
  }
}
