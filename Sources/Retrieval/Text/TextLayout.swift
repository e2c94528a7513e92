internal import VectorCore

/// Which fields a file's records have, and what text is made of them.
public struct TextLayout: Sendable, Equatable {
  /// What becomes of bytes that are no UTF-8.
  public enum InvalidUTF8: String, Sendable, CaseIterable {
    /// They are an error.
    case error
    /// Each wrong sequence becomes U+FFFD.
    case replace
  }

  /// The columns of a TSV file in their order; not used for JSON.
  public let columns: [String]
  /// What is encoded.
  public let template: TextTemplate
  /// The fields that some record must have; others are optional.
  let required: [String]
  /// What becomes of bytes that are no UTF-8.
  public let invalidUTF8: InvalidUTF8

  /// The columns of a corpus where none are named.
  public static let corpusColumns = ["id", "title", "text"]
  /// The columns of queries where none are named.
  public static let queryColumns = ["id", "text"]

  /// Describes the records of a file.
  ///
  /// - Parameters:
  ///   - file: what is read.
  ///   - columns: the columns of a TSV file, one of them `id`; `nil` for `id,title,text`, or
  ///     `id,text` of queries.
  ///   - template: what is encoded; `nil` for all columns but the id, of JSON `title` and `text`,
  ///     joined by a blank.
  ///   - invalidUTF8: what becomes of bytes that are no UTF-8.
  /// - Throws: ``TextTemplateError`` for a field of the template that is no column;
  ///   ``VectorCore/FileError`` for columns that are given for JSON, stand twice, or lack an id.
  public init(
    of file: TextFile,
    columns: [String]? = nil,
    template: TextTemplate? = nil,
    invalidUTF8: InvalidUTF8 = .error
  ) throws {
    self.invalidUTF8 = invalidUTF8
    let usual = file.role == .corpus ? Self.corpusColumns : Self.queryColumns
    switch file.format {
    case .jsonl:
      guard columns == nil else {
        throw FileError(
          .usage,
          path: file.path,
          reason: "columns are given, but the fields of JSON have names of their own",
          remedy: "name the fields in the template"
        )
      }
      self.columns = []
      self.template = template ?? TextTemplate(joining: Array(usual.dropFirst()))
      required = template?.fields ?? ["text"]
    case .tsv:
      self.columns = columns ?? usual
      try Self.check(self.columns, of: file)
      let texts = self.columns.filter { $0 != "id" }
      self.template = template ?? TextTemplate(joining: texts)
      required = []
      for field in self.template.fields where !self.columns.contains(field) {
        throw TextTemplateError.unknown(field, in: self.template, known: self.columns)
      }
    }
  }

  private static func check(_ columns: [String], of file: TextFile) throws(FileError) {
    let names = columns.joined(separator: ",")
    func fault(_ reason: String) -> FileError {
      FileError(
        .usage,
        path: file.path,
        reason: "columns '\(names)': \(reason)",
        remedy: "name them all in their order, as in id,title,text"
      )
    }
    guard !columns.contains("") else { throw fault("a name is empty") }
    guard Set(columns).count == columns.count else { throw fault("a name stands there twice") }
    guard columns.contains("id") else { throw fault("there is no 'id'") }
    guard columns.count > 1 else { throw fault("there is no text beside the id") }
  }
}
