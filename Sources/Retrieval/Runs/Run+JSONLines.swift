internal import VectorCore

extension Run {
  /// Reads a run of one JSON object a query.
  static func readJSONLines(_ lines: inout LineReader) throws(FileError) -> Run {
    var table = RunTable()
    var lineOf: [String: Int] = [:]
    while try lines.advance() {
      let found = try FoundQuery(lines)
      if let first = lineOf.updateValue(lines.lineNumber, forKey: found.query) {
        throw lines.error(
          "the query '\(found.query)' stands at line \(first) already",
          remedy: "keep one line of the two"
        )
      }
      let query = table.queries.insert(found.query.utf8Span.span)
      for (id, score) in zip(found.ids, found.scores) {
        table.append(query: query, document: id.utf8Span.span, score: score)
      }
    }
    try table.checkEntries(path: lines.path)
    return table.run(path: lines.path)
  }
}

/// A line as it is read.
private struct FoundQuery {
  let query: String
  let ids: [String]
  let scores: [Float]

  /// Reads the current line.
  init(_ reader: borrowing LineReader) throws(FileError) {
    let line = try reader.object(try reader.utf8(.error).bytes, repairing: false)
    guard let query = line["query"].flatMap(Self.id),
      let ids = line["ids"].flatMap({ Self.all($0, Self.id) }),
      let scores = line["scores"].flatMap({ Self.all($0, Self.score) })
    else {
      throw reader.error(
        "is not \(RunFormat.jsonl.line) with finite scores",
        remedy: "write it with needle search --format jsonl"
      )
    }
    guard ids.count == scores.count else {
      throw reader.error(
        "\(ids.count) ids, but \(scores.count) scores",
        remedy: "give a score for each id"
      )
    }
    guard Set(ids).count == ids.count else {
      throw reader.error("an id stands twice", remedy: "keep one of the two")
    }
    (self.query, self.ids, self.scores) = (query, ids, scores)
  }

  /// A word or a whole number, as ids are written.
  private static func id(_ value: JSON) -> String? {
    switch value {
    case .text(let text): text
    case .number(let digits): UInt64(digits) == nil ? nil : digits
    default: nil
    }
  }

  private static func score(_ value: JSON) -> Float? {
    guard case .number(let digits) = value, let score = Float(digits), score.isFinite else {
      return nil
    }
    return score
  }

  /// The elements of a list, `nil` where one is something else.
  private static func all<Element>(_ list: JSON, _ read: (JSON) -> Element?) -> [Element]? {
    guard let elements = list.list else { return nil }
    let found = elements.compactMap(read)
    return found.count == elements.count ? found : nil
  }
}
