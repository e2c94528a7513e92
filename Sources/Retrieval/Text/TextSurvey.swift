internal import VectorCore

/// What a first pass over a file of texts finds out, so that long work does not end at a bad line.
public struct TextSurvey: Sendable, Equatable {
  /// The number of records, at most the limit.
  public let count: Int

  /// Reads all records: counts them, and makes sure that they are well formed, that no id stands
  /// twice, and that a file of JSON has the template's fields.
  ///
  /// - Parameters:
  ///   - file: what is read.
  ///   - layout: its records.
  ///   - limit: how many records are read; `nil` for all.
  /// - Throws: ``VectorCore/FileError`` for a file without records, for a bad line, with its number,
  ///   and for an id that stands twice, with both; ``TextTemplateError`` for a field that no record
  ///   has, with the names that there are.
  /// - Complexity: O(size of the file) time, 11 to 21 bytes of memory a record.
  public init(of file: TextFile, layout: TextLayout, limit: Int? = nil) throws {
    let limit = limit ?? .max
    if file.format == .jsonl { try Self.findFields(in: file, layout, limit: limit) }
    var reader = try TextReader(file, layout: layout)
    var seen = SeenIDs()
    while reader.lineNumber < limit, let record = try reader.next() {
      guard !seen.insert(record.id) else { continue }
      if let line = try Self.line(of: record.id, before: reader.lineNumber, in: file, layout) {
        throw reader.error(
          "the id '\(record.id)' stands at line \(line) already",
          remedy: "make the ids unique"
        )
      }
    }
    count = reader.lineNumber
    guard count > 0 else {
      throw FileError(.badData, path: file.path, reason: "holds no texts")
    }
  }

  /// Makes sure that each field of the template is in some record, mostly the first.
  private static func findFields(
    in file: TextFile,
    _ layout: TextLayout,
    limit: Int
  ) throws {
    var reader = try LineReader(path: file.path)
    var unseen = Set(layout.required)
    var known: Set<String> = []
    while !unseen.isEmpty, try reader.lineNumber < limit && reader.advance() {
      let line = try reader.utf8(layout.invalidUTF8).bytes
      let object = try reader.object(line, repairing: true)
      known.formUnion(object.members?.map(\.name) ?? [])
      unseen = unseen.filter { field in
        guard let value = JSONRecord.value(field, in: object) else { return true }
        return value == .null
      }
    }
    if reader.lineNumber > 0, let field = layout.required.first(where: unseen.contains) {
      throw TextTemplateError.unknown(field, in: layout.template, known: known.sorted())
    }
  }

  /// The line before another one where an id stands; `nil` where only its hash is known.
  private static func line(
    of id: String,
    before line: Int,
    in file: TextFile,
    _ layout: TextLayout
  ) throws(FileError) -> Int? {
    var reader = try TextReader(file, layout: layout)
    while let record = try reader.next(), reader.lineNumber < line {
      if record.id == id { return reader.lineNumber }
    }
    return nil
  }
}
