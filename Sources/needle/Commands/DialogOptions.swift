internal import ArgumentParser
internal import Retrieval

/// A search that is a dialog: queries are typed, answers shown with their texts.
struct DialogOptions: ParsableArguments {
  @Flag(help: "Answer queries from the standard input, one a line; needs --model.")
  var interactive = false

  @Option(
    help: ArgumentHelp(
      "With --interactive: the corpus, to show the texts of what is found.",
      valueName: "path"
    )
  )
  var corpus: String?

  @OptionGroup var columns: CorpusColumns

  func validate() throws {
    if !interactive, corpus != nil {
      throw ValidationError("--corpus shows texts in a dialog; give --interactive as well")
    }
    if corpus == nil, columns.docColumns != nil {
      throw ValidationError("--doc-columns are those of a corpus; give --corpus as well")
    }
  }

  /// The texts of the corpus; `nil` where none is given.
  func passages(invalidUTF8: TextLayout.InvalidUTF8) throws -> PassageTexts? {
    guard let corpus else { return nil }
    let file = try TextFile(corpus, role: .corpus)
    let layout = try TextLayout(
      of: file,
      columns: columns.docColumns,
      asked: nil,
      stored: nil,
      invalidUTF8: invalidUTF8
    )
    return try PassageTexts(file, layout: layout)
  }
}
