internal import ArgumentParser
internal import Retrieval

/// How queries that are texts are read, and how long they may be.
struct QueryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The text of a query: 'query: <text>'.", valueName: "template"))
  var queryTemplate: String?

  @Option(
    help: ArgumentHelp("Columns of queries with tabs (default: id,text).", valueName: "list")
  )
  var queryColumns: String?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a query, special ones included (default: the model's).",
      valueName: "n"
    )
  )
  var queryMaxLen: Int?

  func validate() throws {
    if let queryMaxLen, queryMaxLen < 1 {
      throw ValidationError("--query-max-len \(queryMaxLen) is not allowed; it is at least 1")
    }
  }

  /// The first option that was given, to say where it does not belong.
  var given: String? {
    let options = [
      ("--query-template", queryTemplate != nil), ("--query-columns", queryColumns != nil),
      ("--query-max-len", queryMaxLen != nil),
    ]
    return options.first { $0.1 }?.0
  }
}

/// The columns of a corpus.
struct CorpusColumns: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Columns of a corpus with tabs (default: id,title,text).",
      valueName: "names"
    )
  )
  var docColumns: String?
}

/// What becomes of bytes that are no text.
struct InvalidBytesOption: ParsableArguments {
  @Option(
    name: .customLong("invalid-utf8"),
    help: "What bytes that are no UTF-8 become: error, or replace by U+FFFD."
  )
  var invalidUTF8: TextLayout.InvalidUTF8 = .error
}
