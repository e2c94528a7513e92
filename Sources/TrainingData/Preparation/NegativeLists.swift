internal import Retrieval
internal import VectorCore

/// The lines of a file of negatives, `qid<TAB>pid,pid,…`, and the records made of them.
struct NegativeLists: Sendable {
  let context: QueryContext
  /// The file's path.
  let path: String
  /// How many negatives a record gets, if there are so many.
  let sampleCount: Int
  let seed: UInt64

  /// A line with its number.
  struct Line: Sendable {
    let number: Int
    let bytes: [UInt8]
  }

  /// Makes a line's record: negatives that are relevant or stand there twice are left out, and of
  /// the others `sampleCount` drawn.
  ///
  /// - Throws: `FileError` that names the line: for one that is malformed, and for missing ids where
  ///   they are an error.
  func drafted(_ line: Line) throws(FileError) -> DraftedQuery {
    let (query, ids) = try cut(line)
    let judged: QueryContext.Judged
    switch try context.judged(line.bytes.span.extracting(query), path, "line \(line.number)") {
    case .failure(let reason): return DraftedQuery(leftOut: reason.count)
    case .success(let found): judged = found
    }
    var counts = PreparationCounts()
    counts.unknownPassages = judged.unknownPassages
    var candidates: [Int] = []
    var seen = Set(judged.positives)
    candidates.reserveCapacity(ids.count)
    for id in ids {
      guard let row = context.stores.passages.row(of: line.bytes.span.extracting(id)) else {
        try context.missing.check(
          path,
          "line \(line.number)",
          "the passage '\(String(decoding: line.bytes[id], as: UTF8.self))' is not in "
            + context.stores.passages.path
        )
        counts.unknownPassages += 1
        continue
      }
      if seen.insert(row).inserted {
        candidates.append(row)
      } else if judged.positives.contains(row) {
        counts.relevant += 1
      } else {
        counts.repeated += 1
      }
    }
    let negatives = Sampling.draw(
      sampleCount,
      of: candidates,
      seed: seed,
      query: QueryHash.of(String(decoding: line.bytes[query], as: UTF8.self))
    )
    return DraftedQuery(
      RecordDraft(query: judged.row, positives: judged.positives, negatives: negatives),
      wanted: sampleCount,
      counts: counts
    )
  }

  /// Where the query and the passages stand in a line.
  private func cut(_ line: Line) throws(FileError) -> (query: Range<Int>, ids: [Range<Int>]) {
    func fault(_ reason: String) -> FileError {
      FileError(
        .badData,
        path: path,
        place: "line \(line.number)",
        reason: reason,
        remedy: "a line is 'qid<TAB>pid,pid,…', as 'needle prepare negatives' writes it"
      )
    }
    guard let tab = line.bytes.firstIndex(of: UInt8(ascii: "\t")) else {
      throw fault("the line has no tab")
    }
    if let wrong = IDWord.fault(of: line.bytes[..<tab]) { throw fault("the query's id \(wrong)") }
    let rest = line.bytes[(tab + 1)...]
    guard !rest.isEmpty else { return (0..<tab, []) }
    var ids: [Range<Int>] = []
    for id in rest.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      if let wrong = IDWord.fault(of: id) {
        throw fault("the id of passage \(ids.count + 1) \(wrong)")
      }
      ids.append(id.startIndex..<id.endIndex)
    }
    return (0..<tab, ids)
  }
}
