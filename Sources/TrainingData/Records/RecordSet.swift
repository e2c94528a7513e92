internal import IndexStore
public import VectorCore

/// The records of one or several files as training examples, with the tokens of their texts.
///
/// Records of ids need the stores of their queries and passages; records of tokens, as OpenMatch
/// writes them, hold all that there is. Files are mapped, and 8 bytes a record are in memory.
public struct RecordSet: TrainingSet {
  private let files: [RecordFile]
  /// The number of records before each file, and of all.
  private let firsts: [Int]
  /// The tokens of queries and passages; `nil` where records hold their own.
  public let stores: TrainingStores?

  /// A checksum of records and stores.
  public let fingerprint: UInt64

  /// Opens files of records.
  ///
  /// - Parameters:
  ///   - paths: the files, or folders, whose `.jsonl` files are taken in the order of their names.
  ///   - data: the folder of the stores; `nil` for that of the files, which then must be one.
  /// - Throws: `FileError` for files that are missing or empty, for a folder without records, and
  ///   for stores that are needed and missing, or damaged.
  public init(paths: [String], data: String? = nil) throws(FileError) {
    var files: [RecordFile] = []
    for path in try Self.files(of: paths) { files.append(try RecordFile(path: path)) }
    var needsStores = false
    for file in files {
      if case .ids = try file.content(0) { needsStores = true }
    }
    self.init(
      files: files,
      stores: needsStores ? try TrainingStores(folder: Self.folder(of: files, data)) : nil
    )
  }

  init(files: [RecordFile], stores: TrainingStores?) {
    self.files = files
    self.stores = stores
    firsts = files.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let sums =
      files.map(\.checksum)
      + (stores.map { [$0.queries.checksum, $0.passages.checksum] } ?? [])
    fingerprint = unsafe sums.withUnsafeBytes { unsafe Checksum.of($0) }
  }

  /// How many records there are.
  public var count: Int { firsts.last ?? 0 }

  /// One record, with the places of its texts.
  ///
  /// - Parameter index: 0 to `count - 1`, file by file.
  /// - Returns: the record's texts in its order.
  /// - Throws: `FileError` that names file and line for a malformed record, and for ids that the
  ///   stores do not hold.
  public func example(at index: Int) throws(FileError) -> TrainingExample {
    let (file, line) = place(of: index)
    switch try file.content(line) {
    case .tokens(let query, let positives, let negatives):
      return TrainingExample(
        query: Self.inline(query),
        positives: positives.map { Self.inline($0) },
        negatives: negatives.map { Self.inline($0) }
      )
    case .ids(let record):
      guard let stores else {
        throw file.error(
          at: line,
          "holds ids, but the files' first records hold tokens",
          remedy: "keep records of ids and of tokens in files of their own"
        )
      }
      var positives: [TrainingText] = []
      for id in record.positives {
        positives.append(try Self.text(id, "passage", stores.passages, file, line))
      }
      var negatives: [TrainingText] = []
      for id in record.negatives {
        negatives.append(try Self.text(id, "passage", stores.passages, file, line))
      }
      return TrainingExample(
        query: try Self.text(record.query, "query", stores.queries, file, line),
        positives: positives,
        negatives: negatives,
        positiveScores: record.positiveScores,
        negativeScores: record.negativeScores
      )
    }
  }

  /// The tokens of a query.
  public func queryTokens(of text: TrainingText) -> [Int32] { tokens(text, stores?.queries) }

  /// The tokens of a passage.
  public func passageTokens(of text: TrainingText) -> [Int32] { tokens(text, stores?.passages) }

  private func tokens(_ text: TrainingText, _ store: TokenStore?) -> [Int32] {
    switch text.place {
    case .inline(let tokens): return tokens
    case .stored(let row):
      guard let store else { preconditionFailure("a text of another set") }
      return store.tokens(row)
    }
  }

  private func place(of index: Int) -> (file: RecordFile, line: Int) {
    precondition((0..<count).contains(index), "record \(index) of \(count)")
    // Few files, so that a look at each costs nothing beside reading a record.
    let file = files.indices.first { index < firsts[$0 + 1] } ?? 0
    return (files[file], index - firsts[file])
  }

  private static func inline(_ tokens: [Int32]) -> TrainingText {
    TrainingText(key: Hexadecimal.text(QueryHash.of(tokens)), place: .inline(tokens))
  }

  private static func text(
    _ id: String,
    _ kind: String,
    _ store: TokenStore,
    _ file: RecordFile,
    _ line: Int
  ) throws(FileError) -> TrainingText {
    guard let row = store.row(of: id) else {
      throw file.error(
        at: line,
        "the \(kind) '\(id)' is not in \(store.path)",
        remedy: "give the folder that the records were prepared in"
      )
    }
    return TrainingText(key: id, place: .stored(row: row))
  }
}

extension RecordSet {
  /// The files that are meant by paths of files and folders.
  private static func files(of paths: [String]) throws(FileError) -> [String] {
    var files: [String] = []
    for path in paths {
      guard Folder.exists(path) else {
        files.append(path)
        continue
      }
      let names = try Folder.names(in: path).filter { $0.hasSuffix(".jsonl") }
      guard !names.isEmpty else {
        throw FileError(
          .missingInput,
          path: path,
          reason: "is a folder without files .jsonl",
          remedy: "give a file of records, or the folder of some"
        )
      }
      files += names.map { path + "/" + $0 }
    }
    return files
  }

  /// The folder of the stores.
  private static func folder(of files: [RecordFile], _ data: String?) throws(FileError) -> String {
    if let data { return data }
    let folders = files.map { file in
      file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? "."
    }
    for (folder, file) in zip(folders, files) where folder != folders[0] {
      throw FileError(
        .usage,
        path: file.path,
        reason: "lies in another folder than \(files[0].path), and each may have stores of tokens",
        remedy: "say which with --data"
      )
    }
    return folders.first ?? "."
  }
}
