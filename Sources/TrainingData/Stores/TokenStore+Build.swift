public import IndexStore
public import Retrieval
public import Tokenization
internal import VectorCore

extension TokenStore {
  /// Texts that are read and tokenized together.
  private static let windowTexts = 1 << 13

  /// Tokenizes a file of texts into a store.
  ///
  /// - Parameters:
  ///   - path: the store's file, which is replaced when all is done.
  ///   - file: the texts.
  ///   - layout: their records.
  ///   - settings: what describes file, layout and tokenizer.
  ///   - tokenizer: the tokenizer.
  ///   - threads: how many threads may work; the file does not depend on it.
  ///   - progress: is told how far it is.
  /// - Returns: what was met that is worth a warning.
  /// - Throws: `FileError` for a bad line, with its number, for an id that stands there twice, and
  ///   where writing fails; `TextTemplateError` for a field that no record has.
  public static func build(
    _ path: String,
    from file: TextFile,
    layout: TextLayout,
    settings: TokenStoreSettings,
    tokenizer: Tokenizer,
    threads: Int,
    progress: (BuildProgress) -> Void = { _ in }
  ) throws -> TextCounts {
    let total = try TextSurvey(of: file, layout: layout).count
    var reader = try TextReader(file, layout: layout)
    var writer = try TokenStoreWriter(
      path: path,
      source: file.path,
      settings: settings,
      vocabularySize: tokenizer.vocabularySize
    )
    while true {
      progress(
        BuildProgress(
          phase: "tokenize \(file.role.rawValue)",
          done: writer.count,
          total: total,
          unit: "texts"
        )
      )
      var window: [TextRecord] = []
      while window.count < windowTexts, let record = try reader.next() { window.append(record) }
      guard !window.isEmpty else { break }
      let tokens = try tokenizer.encodeBatch(
        bytes: window.map(\.text),
        maxLength: settings.maxLength,
        addSpecialTokens: false,
        threads: threads
      )
      for (record, tokens) in zip(window, tokens) {
        try writer.append(id: record.id, tokens: tokens)
      }
    }
    let counts = reader.counts
    try writer.commit()
    return counts
  }
}
