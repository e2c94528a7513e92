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

  @Flag(help: "Search also vectors that another model encoded, as far as that is known.")
  var anyModel = false

  @OptionGroup var settings: ModelSettings

  @OptionGroup var query: QueryOptions

  @OptionGroup var bytes: InvalidBytesOption

  /// Tokens that are computed together.
  private static let batchTokens = 1 << 13
  /// Queries that are read and encoded together.
  private static let windowTexts = 1 << 14

  func validate() throws {
    guard model == nil, let option = query.given ?? (anyModel ? "--any-model" : nil) else { return }
    throw ValidationError("\(option) is for queries that are texts; give --model as well")
  }

  /// The encoder of queries to a set of vectors or an index.
  ///
  /// - Throws: ``UsageError`` where another model encoded the vectors, or one for vectors of another
  ///   dimension; what reading a model throws.
  func encoder(_ model: String, for target: SearchTarget, threads: Int) throws -> ModelTextEncoder {
    let directory = try settings.open(model, for: .query, maxLength: query.queryMaxLen)
    guard directory.query.dimension == target.summary.dimension else {
      throw UsageError(
        "the model's vectors have dimension \(directory.query.dimension), but "
          + "\(target.source.path) has dimension \(target.summary.dimension); use the model that "
          + "encoded the corpus"
      )
    }
    if !anyModel, let known = target.model { try check(directory, against: known, of: target) }
    return try settings.load(directory, for: .query, threads: threads)
  }

  /// Makes sure that a model's passages would have the vectors that are searched, as far as files and
  /// options tell.
  private func check(
    _ directory: ModelDirectory,
    against known: String,
    of target: SearchTarget
  ) throws {
    // Queries may be what is searched, as in a search for questions that were asked before.
    let own = try directory.fingerprint(of: .passage)
    guard own != known, try directory.isTied || directory.fingerprint(of: .query) != known else {
      return
    }
    throw UsageError(
      "the vectors of \(target.source.path) were encoded by another model, or with other options "
        + "(fingerprint \(known)), than \(directory.path) gives (\(own)); use that model, or "
        + "--any-model where the two belong together"
    )
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
