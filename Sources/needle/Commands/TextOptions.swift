public import ArgumentParser
internal import Encoding
internal import Needletail
public import Retrieval

extension TextLayout.InvalidUTF8: ExpressibleByArgument {}

/// The texts that are encoded: a corpus or queries.
struct TextOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The passages: a file, or a BEIR directory.", valueName: "path"))
  var corpus: String?

  @Option(help: ArgumentHelp("The queries, instead of a corpus.", valueName: "path"))
  var queries: String?

  @Option(help: ArgumentHelp("The text of a passage: '<title> <text>'.", valueName: "template"))
  var docTemplate: String?

  @Option(help: ArgumentHelp("The text of a query: 'query: <text>'.", valueName: "template"))
  var queryTemplate: String?

  @Option(
    help: ArgumentHelp(
      "Columns of a corpus with tabs (default: id,title,text).",
      valueName: "names"
    )
  )
  var docColumns: String?

  @Option(
    help: ArgumentHelp("Columns of queries with tabs (default: id,text).", valueName: "list")
  )
  var queryColumns: String?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a passage, special ones included (default: the model's).",
      valueName: "n"
    )
  )
  var passageMaxLen: Int?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a query, special ones included (default: the model's).",
      valueName: "n"
    )
  )
  var queryMaxLen: Int?

  @Option(
    name: .customLong("invalid-utf8"),
    help: "What bytes that are no UTF-8 become: error, or replace by U+FFFD."
  )
  var invalidUTF8: TextLayout.InvalidUTF8 = .error

  /// Whose encoder the texts go to.
  var side: TextSide { queries == nil ? .passage : .query }

  /// The most tokens of a text; `nil` for the model's own.
  var maxLength: Int? { side == .passage ? passageMaxLen : queryMaxLen }

  func validate() throws {
    guard (corpus == nil) != (queries == nil) else {
      throw ValidationError("give --corpus or --queries, and only one of them")
    }
    let others: [(name: String, isGiven: Bool)] =
      side == .passage
      ? [
        ("--query-template", queryTemplate != nil), ("--query-columns", queryColumns != nil),
        ("--query-max-len", queryMaxLen != nil),
      ]
      : [
        ("--doc-template", docTemplate != nil), ("--doc-columns", docColumns != nil),
        ("--passage-max-len", passageMaxLen != nil),
      ]
    if let other = others.first(where: \.isGiven) {
      let kind = side == .passage ? "--corpus" : "--queries"
      throw ValidationError("\(other.name) does not go with \(kind); leave it out")
    }
    if let maxLength, maxLength < 1 {
      throw ValidationError("a length of \(maxLength) tokens is not allowed; it is at least 1")
    }
  }

  /// The file of texts.
  func file() throws -> TextFile {
    if let queries { return try TextFile(queries, role: .queries) }
    return try TextFile(corpus ?? "", role: .corpus)
  }

  /// The records of the file.
  ///
  /// - Parameters:
  ///   - file: what is read.
  ///   - stored: the template that the model was trained with, if its folder says.
  /// - Returns: columns and template.
  /// - Throws: ``UsageError`` where another one is asked for; what ``TextLayout`` throws.
  func layout(of file: TextFile, stored: String?) throws -> TextLayout {
    try TextLayout(
      of: file,
      columns: side == .passage ? docColumns : queryColumns,
      asked: side == .passage ? docTemplate : queryTemplate,
      stored: stored,
      invalidUTF8: invalidUTF8
    )
  }
}

extension TextLayout {
  /// Describes the records of a file as options say.
  ///
  /// - Parameters:
  ///   - file: what is read.
  ///   - columns: names with commas between them.
  ///   - asked: the template that is asked for.
  ///   - stored: the template that the model was trained with, if its folder says.
  ///   - invalidUTF8: what becomes of bytes that are no UTF-8.
  /// - Throws: ``UsageError`` where another template than the model's is asked for; what
  ///   ``Retrieval/TextLayout`` throws.
  init(
    of file: TextFile,
    columns: String?,
    asked: String?,
    stored: String?,
    invalidUTF8: InvalidUTF8
  ) throws {
    if let stored, let asked, asked != stored {
      throw UsageError(
        "the template '\(asked)' is not '\(stored)', with which the model was trained; "
          + "leave it out"
      )
    }
    let names = columns?.split(separator: ",", omittingEmptySubsequences: false)
    try self.init(
      of: file,
      columns: names?.map { String($0) },
      template: try (asked ?? stored).map { try TextTemplate(parsing: $0) },
      invalidUTF8: invalidUTF8
    )
  }
}
