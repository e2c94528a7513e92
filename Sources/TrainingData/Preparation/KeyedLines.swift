internal import Retrieval
internal import VectorCore

/// The lines `id<TAB>text` of a file in the order of their ids, each id once.
struct KeyedLines: ~Copyable {
  /// How many lines there are.
  let count: Int
  /// Sorted runs that were written to a temporary file.
  let temporaryRuns: Int

  private let path: String
  private var records: SortedRecords

  /// Reads and sorts a file.
  ///
  /// - Parameters:
  ///   - path: the file, plain or gzip.
  ///   - field: what the second field is, for messages.
  ///   - space: what sorting may use.
  ///   - progress: told how far reading has come.
  /// - Throws: `FileError` for a line without tab or id, and where a file cannot be read or written.
  init(
    _ path: String,
    field: String,
    in space: SortSpace,
    progress: @escaping PreparationProgress
  ) throws(FileError) {
    self.path = path
    var sort = ExternalSort(in: space)
    var reader = try LineReader(path: path)
    var steps = ProgressSteps("reading \(field)s", progress)
    while try reader.advance() {
      steps.note(reader)
      let number = UInt64(reader.lineNumber)
      let isGood = try reader.withLine { (line) throws(FileError) in
        guard let tab = line.firstTab(from: 0), tab > 0 else { return false }
        let id = line.extracting(0..<tab)
        let end = line.firstTab(from: tab + 1) ?? line.count
        let text = line.extracting(tab + 1..<end)
        try sort.append(rank: IDOrder.rank(id), key: id, number: number, payload: text)
        return true
      }
      guard isGood else {
        throw reader.error("has no id and tab; a line is 'id<TAB>\(field)'")
      }
    }
    records = try sort.finish()
    count = sort.count
    temporaryRuns = sort.fileRuns
  }

  /// The current line's id.
  var id: [UInt8] { records.record.key }

  /// The current line's first field behind the id.
  var text: [UInt8] { records.record.payload }

  /// Goes to the next line.
  ///
  /// - Throws: `FileError` where its id is that of the line before, with both line numbers.
  mutating func advance() throws(FileError) -> Bool {
    let (lastID, lastLine) = (id, records.record.number)
    guard try records.advance() else { return false }
    if lastID == id {
      throw FileError(
        .badData,
        path: path,
        place: "line \(records.record.number)",
        reason:
          "the id '\(String(decoding: id, as: UTF8.self))' stands at line \(lastLine) already",
        remedy: "make the ids unique"
      )
    }
    return true
  }

  /// Whether the current id comes before that of other lines.
  func isBefore(_ other: borrowing KeyedLines) -> Bool {
    if records.record.rank != other.records.record.rank {
      return records.record.rank < other.records.record.rank
    }
    return IDOrder.compare(records.record.key.span, other.records.record.key.span) < 0
  }
}
