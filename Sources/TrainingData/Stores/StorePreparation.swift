public import IndexStore
public import Retrieval
internal import Tokenization
public import VectorCore

/// Makes the stores of a folder, or takes those that were made before with the same settings.
public struct StorePreparation: Sendable {
  /// A file of texts and what is tokenized of it.
  public struct Texts: Sendable {
    /// The texts.
    public var file: TextFile
    /// Their records.
    public var layout: TextLayout
    /// The template of ``layout`` as it was given; `nil` where none was.
    public var template: String?
    /// The most tokens of a text, special tokens not counted.
    public var maxLength: Int

    /// Describes texts.
    public init(file: TextFile, layout: TextLayout, template: String?, maxLength: Int) {
      self.file = file
      self.layout = layout
      self.template = template
      self.maxLength = maxLength
    }

    func settings(tokenizer: String) throws -> TokenStoreSettings {
      try TokenStoreSettings(
        of: file,
        layout: layout,
        template: template,
        maxLength: maxLength,
        tokenizer: tokenizer
      )
    }
  }

  /// The stores of a folder, and what was met in texts that had to be tokenized.
  public struct Outcome: Sendable {
    /// The stores.
    public let stores: TrainingStores
    /// What was met in the queries; `nil` where their store was there already.
    public let queries: TextCounts?
    /// What was met in the passages; `nil` where their store was there already.
    public let passages: TextCounts?

    /// Takes stores that were there already.
    public init(taking stores: TrainingStores) {
      self.init(stores: stores, queries: nil, passages: nil)
    }

    init(stores: TrainingStores, queries: TextCounts?, passages: TextCounts?) {
      self.stores = stores
      self.queries = queries
      self.passages = passages
    }
  }

  private let queries: Texts
  private let passages: Texts
  private let tokenizer: Tokenizer
  private let fingerprint: String

  /// Opens a tokenizer.
  ///
  /// - Parameters:
  ///   - queries: the queries.
  ///   - passages: the passages.
  ///   - tokenizer: the folder of the tokenizer.
  /// - Throws: `FileError` where it cannot be opened.
  public init(queries: Texts, passages: Texts, tokenizer: String) throws(FileError) {
    self.queries = queries
    self.passages = passages
    self.tokenizer = try Tokenizer.open(directory: tokenizer)
    fingerprint = try TokenStoreSettings.fingerprint(ofTokenizer: tokenizer)
  }

  /// Puts both stores into a folder.
  ///
  /// - Parameters:
  ///   - folder: where they are put.
  ///   - earlier: a folder whose store of passages is taken, and whose queries are if they are the
  ///     same.
  ///   - replacing: whether stores in `folder` that were made with other settings are replaced.
  ///   - threads: how many threads may work.
  ///   - progress: is told how far it is.
  /// - Returns: the stores.
  /// - Throws: `FileError` where stores that are to be taken were made with other settings, and all
  ///   that ``TokenStore/build(_:from:layout:settings:tokenizer:threads:progress:)`` throws.
  public func prepare(
    in folder: String,
    takingFrom earlier: String?,
    replacing: Bool,
    threads: Int,
    progress: (BuildProgress) -> Void = { _ in }
  ) throws -> Outcome {
    var counts: [TextFile.Role: TextCounts] = [:]
    for texts in [queries, passages] {
      let role = texts.file.role
      let settings = try texts.settings(tokenizer: fingerprint)
      if let earlier, let store = try taken(settings, from: earlier) {
        try TrainingStores.place(store, in: folder)
      } else if try !isThere(settings, in: folder, replacing: replacing) {
        counts[role] = try TokenStore.build(
          TrainingStores.path(of: role, in: folder),
          from: texts.file,
          layout: texts.layout,
          settings: settings,
          tokenizer: tokenizer,
          threads: threads,
          progress: progress
        )
      }
    }
    return Outcome(
      stores: try TrainingStores(folder: folder),
      queries: counts[.queries],
      passages: counts[.corpus]
    )
  }

  /// The store of an earlier preparation; `nil` for other queries.
  private func taken(
    _ settings: TokenStoreSettings,
    from folder: String
  ) throws(FileError) -> TokenStore? {
    let store = try TokenStore(path: TrainingStores.path(of: settings.role, in: folder))
    guard let difference = settings.difference(from: store.settings) else { return store }
    if settings.role == .queries { return nil }
    throw FileError(
      .usage,
      path: store.path,
      reason: "was made \(difference)",
      remedy: "give the same options as then, or leave --store out"
    )
  }

  /// Whether a folder has a store already.
  private func isThere(
    _ settings: TokenStoreSettings,
    in folder: String,
    replacing: Bool
  ) throws(FileError) -> Bool {
    let path = TrainingStores.path(of: settings.role, in: folder)
    guard try Folder.names(in: folder).contains(String(path.dropFirst(folder.count + 1))) else {
      return false
    }
    guard !replacing else {
      // What cannot be opened is replaced like what does not fit.
      return (try? TokenStore(path: path))?.settings == settings
    }
    let store = try TokenStore(path: path)
    guard let difference = settings.difference(from: store.settings) else { return true }
    throw FileError(
      .usage,
      path: path,
      reason: "was made \(difference)",
      remedy: "give another folder, or --overwrite"
    )
  }
}
