public import Retrieval
internal import Synchronization
internal import VectorCore

/// Texts that are encoded as they are read, for a search that keeps none of their vectors: one
/// window, and the one that is read meanwhile, are in memory, whatever the file's size.
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
  private let windows: TextWindows
  private let pipeline: Mutex<WindowPipeline<Encoder>>

  /// Reads the whole file, so that what is wrong with it or the request is found before long work.
  ///
  /// - Parameters:
  ///   - file: the texts.
  ///   - layout: their records.
  ///   - encoder: the model.
  ///   - batchTokens: the most tokens in a batch, see ``CorpusEncoder/Options/batchTokens``.
  ///   - windowTexts: texts that are in memory, and sorted by length, together.
  ///   - threads: threads for the tokenizer.
  /// - Throws: ``VectorCore/FileError`` for files that cannot be read or hold no texts, for bad lines
  ///   and ids that stand twice; ``Retrieval/TextTemplateError`` for a field that no record has.
  public init(
    _ file: TextFile,
    layout: TextLayout,
    encoder: Encoder,
    batchTokens: Int,
    windowTexts: Int,
    threads: Int
  ) throws {
    count = try TextSurvey(of: file, layout: layout).count
    windows = try TextWindows(file, layout: layout, range: 0..<count, done: 0)
    pipeline = Mutex(
      WindowPipeline(
        windows,
        encoder: encoder,
        windowTexts: windowTexts,
        batchTokens: batchTokens,
        threads: threads
      )
    )
  }

  /// The next texts with their vectors; `nil` at the end of the file.
  ///
  /// While the model works, the texts behind them are read and tokenized.
  /// - Throws: ``RecordError`` for a text that the model cannot encode; what else the encoder throws;
  ///   ``VectorCore/FileError`` for a file that changes.
  public func next() throws -> Window? {
    guard let window = try pipeline.withLock({ try $0.next() }) else { return nil }
    return Window(
      ids: window.ids,
      vectors: window.encoded.vectors,
      encodeTime: window.encoded.work.time
    )
  }

  /// What was met in the texts so far.
  public var counts: TextCounts { windows.progress.counts }
  /// Time for reading lines and making texts of them so far.
  public var readTime: Duration { windows.progress.readTime }
  /// Time for the tokenizer so far.
  public var tokenizeTime: Duration { windows.progress.tokenizeTime }
}
