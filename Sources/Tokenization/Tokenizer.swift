internal import VectorCore

/// A tokenizer of a BERT, RoBERTa or T5 model: from text to ids and back.
///
/// The ids are those of Hugging Face's *fast* tokenizers for every text, down to the versions of
/// Unicode that these are built with. Two consequences for T5: blanks and line
/// breaks never reach the model, and text behind a special token such as `</s>` is encoded as a new
/// word with its own "▁", as transformers' `T5TokenizerFast` does; the slow `T5Tokenizer` has two
/// other ways (`legacy`).
///
/// A value is immutable; several threads may use it at once.
public struct Tokenizer: Sendable {
  /// One more than the largest id; rows that an embedding table needs.
  public let vocabularySize: Int
  /// The ids of the special tokens.
  public let specialTokens: SpecialTokens

  let template: SequenceTemplate
  private let normalizer: Normalizer
  private let segmenter: Segmenter
  private let vocabulary: Vocabulary
  private let addedTokens: [AddedToken]
  /// How added tokens are shown: those that are looked for in normalized text, normalized.
  private let addedTexts: [Int32: [UInt8]]
  private let decoder: TokenDecoder
  private let specialIDs: Set<Int32>
  private let rawTokens: AddedTokenSplitter
  private let normalizedTokens: AddedTokenSplitter

  /// Creates a tokenizer from its parts.
  ///
  /// - Throws: ``FileError`` where a special token of the settings is missing.
  init(_ parts: TokenizerParts, _ configuration: TokenizerConfiguration) throws(FileError) {
    template = parts.template
    normalizer = parts.normalizer
    segmenter = parts.segmenter
    decoder = parts.decoder
    specialTokens = try SpecialTokens(parts, configuration)
    vocabulary = parts.vocabulary
    addedTokens = parts.addedTokens
    vocabularySize = parts.addedTokens.reduce(vocabulary.count) { max($0, Int($1.id) + 1) }
    specialIDs = Set(parts.addedTokens.filter(\.isSpecial).map(\.id))
    let raw = parts.addedTokens.filter { !$0.isNormalized }
    rawTokens = AddedTokenSplitter(raw, patterns: raw.map(\.content))
    let normalized = parts.addedTokens.filter(\.isNormalized)
    var scratch = Normalizer.Scratch()
    let patterns = normalized.map { token in
      var pattern: [UInt8] = []
      parts.normalizer.normalize(token.content.span, into: &pattern, &scratch)
      return pattern
    }
    normalizedTokens = AddedTokenSplitter(normalized, patterns: patterns)
    addedTexts = Dictionary(
      zip((raw + normalized).map(\.id), raw.map(\.content) + patterns)
    ) { $1 }
    for id in template.prefix + template.suffix where token(of: id) == nil {
      throw FileError(
        .badData,
        path: parts.path,
        place: "post_processor",
        reason: "the id \(id) is not in the vocabulary",
        remedy: "get the file again"
      )
    }
  }

  /// The id that fills sequences up to a common length.
  public var padID: Int32 { specialTokens.padding }

  /// How many ids ``encode(_:maxLength:addSpecialTokens:)`` adds to those of the text.
  public var addedTokenCount: Int { template.count }

  /// The id of a token, such as "[SEP]"; `nil` where there is none.
  public func id(of token: String) -> Int32? {
    addedTokens.last { $0.content.elementsEqual(token.utf8) }?.id ?? vocabulary.id(of: token.utf8)
  }

  /// The token of an id, of the added ones first; `nil` where there is none.
  private func token(of id: Int32) -> [UInt8]? { addedTexts[id] ?? vocabulary.token(of: id) }

  /// Space that a thread reuses from text to text.
  struct Scratch: Sendable {
    var normalized: [UInt8] = []
    var rawPieces: [AddedTokenSplitter.Piece] = []
    var normalizedPieces: [AddedTokenSplitter.Piece] = []
    var normalizer = Normalizer.Scratch()
    var segmenter = Segmenter.Scratch()
  }

  /// Appends the ids of a text without special tokens around it, `limit` at most.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - ids: gets the ids.
  ///   - limit: how many ids are of use.
  ///   - scratch: of the calling thread.
  /// - Throws: ``TokenizationError/library(message:)`` where a library fails.
  func append(
    _ text: Span<UInt8>,
    to ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) throws(TokenizationError) {
    let end = limit < Int.max - ids.count ? ids.count + limit : Int.max
    var pieces: [AddedTokenSplitter.Piece] = []
    swap(&pieces, &scratch.rawPieces)
    rawTokens.split(text, into: &pieces)
    for piece in pieces where ids.count < end {
      if piece.id >= 0 {
        ids.append(piece.id)
      } else {
        try appendNormalized(text, piece.range, to: &ids, limit: end, &scratch)
      }
    }
    swap(&pieces, &scratch.rawPieces)
    if ids.count > end { ids.removeLast(ids.count - end) }
  }

  private func appendNormalized(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    to ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) throws(TokenizationError) {
    var normalized: [UInt8] = []
    var pieces: [AddedTokenSplitter.Piece] = []
    swap(&normalized, &scratch.normalized)
    swap(&pieces, &scratch.normalizedPieces)
    normalizer.normalize(text.extracting(range), into: &normalized, &scratch.normalizer)
    normalizedTokens.split(normalized.span, into: &pieces)
    for piece in pieces where ids.count < limit {
      if piece.id >= 0 {
        ids.append(piece.id)
        continue
      }
      try segmenter.encode(
        normalized.span.extracting(piece.range),
        startsText: range.lowerBound == 0 && piece.range.lowerBound == 0,
        into: &ids,
        limit: limit,
        &scratch.segmenter
      )
    }
    swap(&normalized, &scratch.normalized)
    swap(&pieces, &scratch.normalizedPieces)
  }

  /// The text of some ids, for people to read; ids that are in no vocabulary are left out.
  ///
  /// What normalization took away does not come back: case, accents, kinds of white space.
  /// - Parameters:
  ///   - ids: as ``encode(_:maxLength:addSpecialTokens:)`` returns them.
  ///   - skipSpecialTokens: whether tokens such as `[SEP]` are left out.
  /// - Returns: the text.
  public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
    let shown = ids.filter { !skipSpecialTokens || !specialIDs.contains($0) }
    return decoder.text(of: shown.compactMap(token(of:)))
  }
}
