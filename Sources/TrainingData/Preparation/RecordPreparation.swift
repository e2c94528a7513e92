public import IndexStore
internal import Retrieval
internal import Synchronization
internal import VectorCore

/// Makes records of queries, their relevant passages and negatives, and writes them to a folder.
///
/// Several threads may work; what is written depends on the inputs, the settings and the seed alone.
public struct RecordPreparation: Sendable {
  /// How records are written.
  public struct Output: Sendable {
    /// The folder and the names of the files.
    public var folder: RecordFolder
    /// What records hold.
    public var format = RecordFormat.ids
    /// The records of each file but the last.
    public var shardSize = 45_000

    /// The defaults, for a folder.
    public init(_ folder: RecordFolder) { self.folder = folder }
  }

  private let stores: TrainingStores
  private let output: Output
  private let threads: Int

  /// Queries that are worked on together.
  private static let block = 1 << 11

  /// Prepares records over some stores.
  public init(_ stores: TrainingStores, output: Output, threads: Int) {
    self.stores = stores
    self.output = output
    self.threads = threads
  }

  /// Writes a record for each line of a file of negatives, `qid<TAB>pid,pid,…`, plain or gzip.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - judgments: which passages are relevant.
  ///   - sampleCount: how many negatives a record gets, if there are so many.
  ///   - seed: of the draw; negatives of a query depend on it, the query and its line alone.
  ///   - missing: what becomes of ids that are missing.
  /// - Returns: what was met and written.
  /// - Throws: `FileError` that names the line, for a malformed line, a query that has a line
  ///   already, and missing ids.
  public func write(
    negatives path: String,
    judgments: Judgments,
    sampleCount: Int,
    seed: UInt64,
    missing: MissingIDs
  ) throws -> PreparationCounts {
    let lists = NegativeLists(
      context: QueryContext(stores: stores, judgments: judgments, missing: missing),
      path: path,
      sampleCount: sampleCount,
      seed: seed
    )
    var reader = try LineReader(path: path)
    var lineOf = [UInt32](repeating: 0, count: stores.queries.count)
    var writer = RecordWriter(output.folder, shardSize: output.shardSize)
    var counts = PreparationCounts()
    while true {
      var lines: [NegativeLists.Line] = []
      while lines.count < Self.block, try reader.advance() {
        let bytes = reader.withLine { line in
          unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
        }
        lines.append(NegativeLists.Line(number: reader.lineNumber, bytes: bytes))
      }
      guard !lines.isEmpty else { break }
      let block = lines
      let first = block[0].number
      try append(to: &writer, &counts, block.count) { index in
        try lists.drafted(block[index])
      } check: { (index, draft) throws(FileError) in
        let line = UInt32(truncatingIfNeeded: first + index)
        guard lineOf[draft.query] == 0 else {
          throw FileError(
            .badData,
            path: path,
            place: "line \(line)",
            reason: "the query '\(stores.queries.id(draft.query))' stands at line "
              + "\(lineOf[draft.query]) already",
            remedy: "bring a query's negatives together with 'needle prepare negatives'"
          )
        }
        lineOf[draft.query] = line
      }
    }
    return try finish(&writer, counts, path)
  }

  /// Writes a record without negatives for each judged query, in the order of the judgments.
  ///
  /// - Parameters:
  ///   - judgments: which passages are relevant.
  ///   - missing: what becomes of ids that are missing.
  /// - Returns: what was met and written.
  /// - Throws: `FileError` for missing ids, with the query.
  public func write(
    _ judgments: Judgments,
    missing: MissingIDs
  ) throws -> PreparationCounts {
    let context = QueryContext(stores: stores, judgments: judgments, missing: missing)
    let queries = judgments.queries
    var writer = RecordWriter(output.folder, shardSize: output.shardSize)
    var counts = PreparationCounts()
    for start in stride(from: 0, to: queries.count, by: Self.block) {
      try append(to: &writer, &counts, min(Self.block, queries.count - start)) { index in
        let (id, line) = queries[start + index]
        return try context.drafted(id, line: line)
      }
    }
    return try finish(&writer, counts, judgments.path)
  }

  /// Writes a record for each query of a run.
  ///
  /// - Parameters:
  ///   - miner: chooses the negatives.
  ///   - progress: is told how far it is.
  /// - Returns: what was met and written.
  /// - Throws: `FileError` for missing ids, with the query.
  public func write(
    _ miner: HardNegativeMiner,
    progress: (BuildProgress) -> Void = { _ in }
  ) throws -> PreparationCounts {
    var writer = RecordWriter(output.folder, shardSize: output.shardSize)
    var counts = PreparationCounts()
    let total = miner.queryCount
    for start in stride(from: 0, to: total, by: Self.block) {
      progress(BuildProgress(phase: "mine", done: start, total: total, unit: "queries"))
      try append(to: &writer, &counts, min(Self.block, total - start)) { index in
        try miner.drafted(start + index)
      }
    }
    return try finish(&writer, counts, miner.path)
  }

  /// Drafts some records on all threads and appends them in their order.
  private func append(
    to writer: inout RecordWriter,
    _ counts: inout PreparationCounts,
    _ count: Int,
    _ draft: @Sendable (Int) throws -> DraftedQuery,
    check: (Int, RecordDraft) throws(FileError) -> Void = { _, _ in }
  ) throws {
    let results = Mutex([(DraftedQuery, [UInt8])?](repeating: nil, count: count))
    try parallelFor(count, chunk: 16, threads: threads) { _, range in
      for index in range {
        let drafted = try draft(index)
        let line = drafted.draft?.content(output.format, stores).line ?? []
        results.withLock { $0[index] = (drafted, line) }
      }
    }
    for (index, result) in results.withLock({ $0 }).enumerated() {
      guard let (drafted, line) = result else { continue }
      counts += drafted.counts
      guard let draft = drafted.draft else { continue }
      try check(index, draft)
      try writer.append(line)
    }
  }

  private func finish(
    _ writer: inout RecordWriter,
    _ counts: PreparationCounts,
    _ path: String
  ) throws -> PreparationCounts {
    guard counts.records > 0 else {
      throw FileError(
        .badData,
        path: path,
        reason: "no query of it can be trained on: \(counts.unknownQueries) are not in "
          + "\(stores.queries.path), \(counts.unjudgedQueries) have no relevant passage",
        remedy: "check that queries, judgments and negatives belong together"
      )
    }
    try writer.finish()
    return counts
  }
}
