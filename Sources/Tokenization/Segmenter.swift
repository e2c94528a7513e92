/// The model of a tokenizer: it turns normalized text into ids.
enum Segmenter: Sendable {
  case wordPiece(WordPiece)
  case unigram(Unigram)
  case bytePair(BytePairEncoding)
  case sentencePiece(SentencePieceModel)

  /// Space for one text.
  struct Scratch: Sendable {
    fileprivate var wordPiece = WordPiece.Scratch()
    fileprivate var unigram = Unigram.Scratch()
    fileprivate var bytePair = BytePairEncoding.Scratch()
  }

  /// Appends the ids of a text between added tokens, until there are `limit`; a last word may exceed
  /// it.
  ///
  /// - Parameters:
  ///   - text: normalized, valid UTF-8.
  ///   - startsText: whether nothing stands before this text.
  ///   - ids: gets the ids.
  ///   - limit: how many ids are of use.
  ///   - scratch: of the calling thread.
  /// - Throws: ``TokenizationError/library(message:)`` where a library fails.
  func encode(
    _ text: Span<UInt8>,
    startsText: Bool,
    into ids: inout [Int32],
    limit: Int,
    _ scratch: inout Scratch
  ) throws(TokenizationError) {
    switch self {
    case .wordPiece(let model):
      model.encode(text, into: &ids, limit: limit, &scratch.wordPiece)
    case .unigram(let model):
      model.encode(text, startsText: startsText, into: &ids, limit: limit, &scratch.unigram)
    case .bytePair(let model):
      model.encode(text, into: &ids, limit: limit, &scratch.bytePair)
    case .sentencePiece(let model): try model.encode(text, into: &ids)
    }
  }
}
