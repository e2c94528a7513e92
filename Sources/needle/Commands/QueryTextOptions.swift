internal import ArgumentParser
internal import Encoding
internal import Needletail
internal import Retrieval

/// Queries that are texts: the model that encodes them, and how they are read.
struct QueryTextOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model's folder, for queries that are texts: .tsv, .jsonl, .gz of them, or BEIR.",
      valueName: "folder"
    )
  )
  var model: String?

  @OptionGroup var settings: ModelSettings

  @OptionGroup var query: QueryOptions

  @OptionGroup var bytes: InvalidBytesOption

  /// Tokens that are computed together.
  private static let batchTokens = 1 << 13
  /// Queries that are read and encoded together.
  private static let windowTexts = 1 << 14

  func validate() throws {
    guard model == nil, let option = query.given else { return }
    throw ValidationError("\(option) is for queries that are texts; give --model as well")
  }

  /// The encoder of queries, and the template that it was trained with, if its folder says.
  func encoder(_ model: String, threads: Int) throws -> ModelTextEncoder {
    let directory = try settings.open(model, for: .query, maxLength: query.queryMaxLen)
    return try settings.load(directory, for: .query, threads: threads)
  }

  /// The queries of a file.
  func queries(_ path: String, _ encoder: ModelTextEncoder, threads: Int) throws -> TextBlocks {
    let file = try TextFile(path, role: .queries)
    let layout = try TextLayout(
      of: file,
      columns: query.queryColumns,
      asked: query.queryTemplate,
      stored: encoder.model.description.template,
      invalidUTF8: bytes.invalidUTF8
    )
    let texts = try EncodedTexts(
      file,
      layout: layout,
      encoder: encoder,
      batchTokens: Self.batchTokens,
      windowTexts: Self.windowTexts,
      threads: threads
    )
    return TextBlocks(texts, name: file.path, dimension: encoder.dimension)
  }

  /// What makes the text that is encoded of a typed query.
  func template(_ encoder: ModelTextEncoder) throws -> TextTemplate {
    let text = query.queryTemplate ?? encoder.model.description.template ?? "<text>"
    let template = try TextTemplate(parsing: text)
    guard template.fields == ["text"] else {
      throw UsageError("the template '\(text)' needs more than <text>, which is what is typed")
    }
    return template
  }
}
