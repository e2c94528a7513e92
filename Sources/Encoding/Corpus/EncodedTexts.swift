public import Retrieval
internal import VectorCore

/// Texts that are encoded as they are read, for a search that keeps none of their vectors: one
/// window is in memory, whatever the file's size.
public final class EncodedTexts<Encoder: TextEncoder>: Sendable {
  /// Some consecutive texts.
  public struct Window: Sendable {
    /// Their ids.
    public let ids: [String]
    /// Their vectors, `[ids.count, dimension]` row-major.
    public let vectors: [Float]
    /// How long the model took.
    public let encodeTime: Duration
  }

  /// The number of texts.
  public let count: Int
  private let encoder: Encoder
  private let windows: TextWindows
  private let windowTexts: Int
  private let batchTokens: Int
  private let threads: Int

  /// Looks through a file, so that what is wrong with the request is found before long work.
  ///
  /// - Parameters:
  ///   - file: the texts.
  ///   - layout: their records.
  ///   - encoder: the model.
  ///   - batchTokens: the most tokens in a batch, see ``CorpusEncoder/Options/batchTokens``.
  ///   - windowTexts: texts that are in memory, and sorted by length, together.
  ///   - threads: threads for the tokenizer.
  /// - Throws: ``VectorCore/FileError`` for files that cannot be read or hold no texts;
  ///   ``Retrieval/TextTemplateError`` for a field that no record has.
  public init(
    _ file: TextFile,
    layout: TextLayout,
    encoder: Encoder,
    batchTokens: Int,
    windowTexts: Int,
    threads: Int
  ) throws {
    count = try TextSurvey(of: file, layout: layout).count
    windows = try TextWindows(file, layout: layout, range: 0..<count, written: .rowNumbers)
    self.encoder = encoder
    self.windowTexts = windowTexts
    self.batchTokens = batchTokens
    self.threads = threads
  }

  /// The next texts with their vectors; `nil` at the end of the file.
  ///
  /// - Throws: ``VectorCore/FileError`` for a bad line, with its number, and for an id that stands
  ///   there twice; what the encoder throws.
  public func next() throws -> Window? {
    guard let window = try windows.next(windowTexts, tokenizer: encoder, threads: threads) else {
      return nil
    }
    let encoded = try encoder.encode(window, batchTokens: batchTokens)
    return Window(ids: window.ids, vectors: encoded.vectors, encodeTime: encoded.work.time)
  }

  /// What was met in the texts so far.
  public var counts: TextCounts { windows.progress.counts }
  /// Time for reading lines and making texts of them so far.
  public var readTime: Duration { windows.progress.readTime }
  /// Time for the tokenizer so far.
  public var tokenizeTime: Duration { windows.progress.tokenizeTime }
}
