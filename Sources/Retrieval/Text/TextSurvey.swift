internal import VectorCore

/// What a first pass over a file of texts finds out, before long work begins.
public struct TextSurvey: Sendable, Equatable {
  /// The number of records, at most the limit.
  public let count: Int

  /// Counts a file's records and makes sure that a file of JSON has the template's fields.
  ///
  /// Records are looked into only until every field was seen, mostly in the first.
  /// - Parameters:
  ///   - file: what is read.
  ///   - layout: its records.
  ///   - limit: how many records are counted; `nil` for all.
  /// - Throws: ``VectorCore/FileError`` for a file without records and for malformed JSON;
  ///   ``TextTemplateError`` for a field that no record has, with the names that there are.
  public init(of file: TextFile, layout: TextLayout, limit: Int? = nil) throws {
    var reader = try LineReader(path: file.path)
    var unseen = file.format == .jsonl ? Set(layout.required) : []
    var known: Set<String> = []
    let limit = limit ?? .max
    while try reader.lineNumber < limit && reader.advance() {
      guard !unseen.isEmpty else { continue }
      let line = try reader.utf8(layout.invalidUTF8).bytes
      let object = try reader.object(line, repairing: true)
      known.formUnion(object.members?.map(\.name) ?? [])
      unseen = unseen.filter { field in
        guard let value = JSONRecord.value(field, in: object) else { return true }
        return value == .null
      }
    }
    count = reader.lineNumber
    guard count > 0 else {
      throw FileError(.badData, path: file.path, reason: "holds no texts")
    }
    if let field = layout.required.first(where: { unseen.contains($0) }) {
      throw TextTemplateError.unknown(field, in: layout.template, known: known.sorted())
    }
  }
}
