internal import FoundationEssentials
internal import VectorCore

extension Run {
  /// Reads a run of one JSON object a query.
  static func readJSONLines(_ lines: inout LineReader) throws(FileError) -> Run {
    var table = RunTable()
    var lineOf: [String: Int] = [:]
    let decoder = JSONDecoder()
    while try lines.advance() {
      let text = try lines.withLine { (line) throws(FileError) in try lines.text(line) }
      let found = try FoundQuery(text, decoder: decoder, of: lines)
      if let first = lineOf.updateValue(lines.lineNumber, forKey: found.query.text) {
        throw lines.error(
          "the query '\(found.query.text)' stands at line \(first) already",
          remedy: "keep one line of the two"
        )
      }
      let query = table.queries.insert(found.query.text.utf8Span.span)
      for (id, score) in zip(found.ids, found.scores) {
        table.append(query: query, document: id.text.utf8Span.span, score: score)
      }
    }
    try table.checkEntries(path: lines.path)
    return table.run(path: lines.path)
  }
}

/// A line as it is decoded.
private struct FoundQuery: Decodable {
  let query: ID
  let ids: [ID]
  let scores: [Float]

  /// A word or a number, as ids are written.
  struct ID: Decodable, Hashable {
    let text: String

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(UInt64.self) {
        text = "\(number)"
      } else {
        text = try value.decode(String.self)
      }
    }
  }

  init(
    _ text: String,
    decoder: JSONDecoder,
    of reader: borrowing LineReader
  ) throws(FileError) {
    do {
      self = try decoder.decode(Self.self, from: Data(text.utf8))
    } catch {
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
  }
}
