internal import VectorCore

/// What records are made with: the stores, the judgments, and what is done where they lack an id.
struct QueryContext: Sendable {
  let stores: TrainingStores
  let judgments: Judgments
  let missing: MissingIDs

  /// A query with its relevant passages.
  struct Judged {
    let row: Int
    /// The rows of relevant passages, in the order of the judgments.
    let positives: [Int]
    /// Relevant passages that the store lacks.
    let unknownPassages: Int
  }

  /// Why a query is left out.
  struct LeftOut: Error {
    let count: any WritableKeyPath<PreparationCounts, Int> & Sendable
  }

  /// Looks a query up.
  ///
  /// - Parameters:
  ///   - id: its id in UTF-8.
  ///   - path: the file that speaks of it.
  ///   - place: where it does.
  /// - Returns: the query; the reason where it is left out.
  /// - Throws: `FileError` where something is missing and that is an error.
  func judged(
    _ id: Span<UInt8>,
    _ path: String,
    _ place: String
  ) throws(FileError) -> Result<Judged, LeftOut> {
    func name() -> String { id.repaired }
    guard let row = stores.queries.row(of: id) else {
      try missing.check(path, place, "the query '\(name())' is not in \(stores.queries.path)")
      return .failure(LeftOut(count: \.unknownQueries))
    }
    let relevant = judgments.relevant(to: id)
    guard !relevant.isEmpty else {
      try missing.check(
        path,
        place,
        "the query '\(name())' has no relevant passage in \(judgments.path)"
      )
      return .failure(LeftOut(count: \.unjudgedQueries))
    }
    for passage in relevant where passage.row == nil {
      try missing.check(
        judgments.path,
        "line \(passage.line)",
        "the passage '\(passage.id)' is not in \(stores.passages.path)"
      )
    }
    let positives = relevant.compactMap(\.row)
    guard !positives.isEmpty else { return .failure(LeftOut(count: \.unjudgedQueries)) }
    return .success(
      Judged(
        row: row,
        positives: positives,
        unknownPassages: relevant.count - positives.count
      )
    )
  }

  /// Makes the record of a judged query alone.
  ///
  /// - Throws: `FileError` where something is missing and that is an error.
  func drafted(_ id: String, line: Int) throws(FileError) -> DraftedQuery {
    let judged: Judged
    switch try self.judged(id.utf8Span.span, judgments.path, "line \(line)") {
    case .failure(let reason): return DraftedQuery(leftOut: reason.count)
    case .success(let found): judged = found
    }
    var counts = PreparationCounts()
    counts.unknownPassages = judged.unknownPassages
    let draft = RecordDraft(query: judged.row, positives: judged.positives, negatives: [])
    return DraftedQuery(draft, wanted: 0, counts: counts)
  }
}

extension Span<UInt8> {
  /// The bytes as text, repaired where they are no UTF-8.
  fileprivate var repaired: String {
    String(decoding: indices.map { self[$0] }, as: UTF8.self)
  }
}
