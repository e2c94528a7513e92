internal import Glibc
public import VectorCore

extension Qrels {
  /// Reads a file, plain or gzip, whose columns stand between tabs or blanks:
  /// four (`qid 0 docid grade`, as TREC has them), three with the header
  /// `query-id corpus-id score` or without it (BEIR), or two (`qid docid`, all of grade 1).
  ///
  /// - Throws: ``VectorCore/FileError`` with the line for another number of columns, a grade that
  ///   is no whole number of 32 bits, a document judged twice for a query, and text that is not
  ///   UTF-8; and for a file without judgments.
  /// - Complexity: O(judgments · log judgments of a query).
  public init(contentsOf path: String) throws(FileError) {
    var lines = try LineReader(path: path)
    var table = JudgmentTable()
    while try lines.advance() {
      try lines.withLine { (line) throws(FileError) in try table.add(line, of: lines) }
    }
    self = try table.qrels(path: path)
  }
}

extension Qrels {
  /// The file that a user means: `DIR` is `qrels/test.tsv` of a folder of BEIR, `DIR:dev`
  /// `qrels/dev.tsv`, and all else names a file itself.
  public static func path(_ given: String) -> String {
    if isFolder(given) { return given + "/qrels/test.tsv" }
    guard let colon = given.lastIndex(of: ":") else { return given }
    let folder = String(given[..<colon])
    guard isFolder(folder) else { return given }
    return folder + "/qrels/\(given[given.index(after: colon)...]).tsv"
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// Collects judgments line by line.
private struct JudgmentTable {
  private var fields = LineFields()
  /// The number of columns, which the first line sets.
  private var columns = 0
  private var headerLines = 0
  private var queries = IDTable()
  private var documents = IDTable()
  private var segments = QuerySegments()
  private var documentOf: [UInt32] = []
  private var grades: [Int32] = []

  /// Adds the current line of a reader.
  mutating func add(_ line: Span<UInt8>, of reader: borrowing LineReader) throws(FileError) {
    try reader.checkUTF8(line)
    fields.cut(line)
    if reader.lineNumber == 1 {
      columns = fields.count
      if isHeader(line) {
        headerLines = 1
        return
      }
    }
    guard (2...4).contains(columns), fields.count == columns else {
      throw reader.error(
        "\(fields.count) columns"
          + ((2...4).contains(columns) ? ", but line 1 has \(columns)" : ""),
        remedy: "a line is 'qid 0 docid grade', 'qid docid grade' or 'qid docid'"
      )
    }
    let document = line.extracting(fields[columns == 4 ? 2 : 1])
    let query = queries.insert(line.extracting(fields[0]))
    grades.append(columns == 2 ? 1 : try grade(line.extracting(fields[columns - 1]), of: reader))
    documentOf.append(documents.insert(document))
    segments.note(query, at: grades.count - 1)
    guard grades.count < UInt32.max else {
      throw reader.error("more than \(UInt32.max) judgments", remedy: "split the file")
    }
  }

  /// Whether the first line names the columns, as in BEIR's files.
  private func isHeader(_ line: Span<UInt8>) -> Bool {
    let names: [StaticString] = ["query-id", "corpus-id", "score"]
    guard columns == names.count else { return false }
    return names.indices.allSatisfy { number in
      let field = line.extracting(fields[number])
      return field.count == names[number].utf8CodeUnitCount
        && field.indices.allSatisfy { unsafe field[$0] == names[number].utf8Start[$0] }
    }
  }

  private func grade(
    _ text: Span<UInt8>,
    of reader: borrowing LineReader
  ) throws(FileError) -> Int32 {
    if let grade = parseInteger(text) { return grade }
    throw reader.error(
      "the grade '\(try reader.text(text).prefix(40))' is no whole number of 32 bits",
      remedy: "give grades such as 0 and 1"
    )
  }

  /// The judgments, sorted by document within each query.
  func qrels(path: String) throws(FileError) -> Qrels {
    guard !grades.isEmpty else {
      throw FileError(
        .badData,
        path: path,
        reason: "holds no judgments",
        remedy: "give a file of lines 'qid 0 docid grade'"
      )
    }
    let (starts, order) = segments.grouped(queryCount: queries.count, entryCount: grades.count)
    var places = order ?? (0..<UInt32(truncatingIfNeeded: grades.count)).map { $0 }
    for query in 0..<queries.count {
      let own = starts[query]..<starts[query + 1]
      places[own].sort { (documentOf[Int($0)], $0) < (documentOf[Int($1)], $1) }
      for (first, second) in zip(places[own], places[own].dropFirst())
      where documentOf[Int(first)] == documentOf[Int(second)] {
        let document = documents[documentOf[Int(first)]]
        throw FileError(
          .badData,
          path: path,
          place: "line \(Int(second) + 1 + headerLines)",
          reason: "'\(document)' was judged for query "
            + "'\(queries[UInt32(truncatingIfNeeded: query)])' at line "
            + "\(Int(first) + 1 + headerLines) already",
          remedy: "keep one judgment of the two"
        )
      }
    }
    return Qrels(
      path: path,
      queries: queries,
      documents: documents,
      starts: starts,
      documentOf: documentOf.reordered(by: places),
      grades: grades.reordered(by: places),
      lineOf: places.map { $0 &+ 1 &+ UInt32(headerLines) }
    )
  }
}
