internal import Glibc
public import Retrieval
public import VectorCore

/// The tokens of all queries and passages that records speak of, in a folder.
public struct TrainingStores: Sendable {
  /// The queries.
  public let queries: TokenStore
  /// The passages.
  public let passages: TokenStore

  /// Opens the stores of a folder, `queries.tokens` and `passages.tokens`.
  ///
  /// - Throws: `FileError` where one is missing or damaged, and where they were made with two
  ///   tokenizers.
  public init(folder: String) throws(FileError) {
    self.init(
      queries: try TokenStore(path: Self.path(of: .queries, in: folder)),
      passages: try TokenStore(path: Self.path(of: .corpus, in: folder))
    )
    guard queries.settings.tokenizer == passages.settings.tokenizer else {
      throw FileError(
        .badData,
        path: queries.path,
        reason: "was made with another tokenizer than \(passages.path)",
        remedy: "prepare both with one tokenizer"
      )
    }
  }

  /// Pairs two stores.
  public init(queries: TokenStore, passages: TokenStore) {
    self.queries = queries
    self.passages = passages
  }

  /// The path of a store in a folder.
  public static func path(of role: TextFile.Role, in folder: String) -> String {
    folder + (role == .queries ? "/queries.tokens" : "/passages.tokens")
  }

  /// Puts a store into another folder: as a second name of the same file, or where the file system
  /// has no such names, as a copy.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public static func place(_ store: TokenStore, in folder: String) throws(FileError) {
    let target = path(of: store.settings.role, in: folder)
    guard !isSameFile(store.path, target) else { return }
    let temporary = target + ".partial"
    _ = unsafe unlink(temporary)
    guard unsafe link(store.path, temporary) == 0, unsafe rename(temporary, target) == 0 else {
      _ = unsafe unlink(temporary)
      let source = try MappedFile(path: store.path)
      var copy = try AtomicFile(path: target)
      try unsafe source.withUnsafeBytes { (bytes) throws(FileError) in
        try unsafe copy.write(unsafe: bytes)
      }
      try copy.commit()
      return
    }
  }

  private static func isSameFile(_ left: String, _ right: String) -> Bool {
    var first = stat()
    var second = stat()
    guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
