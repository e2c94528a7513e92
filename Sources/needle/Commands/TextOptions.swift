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

  @OptionGroup var columns: CorpusColumns

  @Option(
    help: ArgumentHelp(
      "The most tokens of a passage, special ones included (default: the model's).",
      valueName: "n"
    )
  )
  var passageMaxLen: Int?

  @OptionGroup var query: QueryOptions

  @OptionGroup var bytes: InvalidBytesOption

  /// Whose encoder the texts go to.
  var side: TextSide { queries == nil ? .passage : .query }

  /// The most tokens of a text; `nil` for the model's own.
  var maxLength: Int? { side == .passage ? passageMaxLen : query.queryMaxLen }

  func validate() throws {
    guard (corpus == nil) != (queries == nil) else {
      throw ValidationError("give --corpus or --queries, and only one of them")
    }
    if let other = side == .passage ? query.given : given {
      let kind = side == .passage ? "--corpus" : "--queries"
      throw ValidationError("\(other) does not go with \(kind); leave it out")
    }
    if let passageMaxLen, passageMaxLen < 1 {
      throw ValidationError("--passage-max-len \(passageMaxLen) is not allowed; it is at least 1")
    }
  }

  /// The first option of passages that was given.
  private var given: String? {
    let options = [
      ("--doc-template", docTemplate != nil), ("--doc-columns", columns.docColumns != nil),
      ("--passage-max-len", passageMaxLen != nil),
    ]
    return options.first { $0.1 }?.0
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
      columns: side == .passage ? columns.docColumns : query.queryColumns,
      asked: side == .passage ? docTemplate : query.queryTemplate,
      stored: stored,
      invalidUTF8: bytes.invalidUTF8
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
