internal import Retrieval
public import VectorCore

/// Groups triples `query<TAB>positive<TAB>negative` into lines `query<TAB>negative,negative,…`.
///
/// Each query gives one line, wherever its triples stand in the file; negatives keep their order, and
/// the queries come in the order of their first triples. Positives are not looked at: qrels hold them.
public struct NegativeGroups: Sendable {
  /// The file of triples, plain or gzip, its lines ended by LF or CR LF.
  public let triples: String
  /// How many negatives of a query are kept, drawn evenly from all of them; `nil` keeps all.
  public let sample: Int?
  /// Fixes the draws, each query's apart from the others'.
  public let seed: UInt64

  /// Names the file.
  public init(triples: String, sample: Int? = nil, seed: UInt64) {
    precondition(sample.map { $0 > 0 } ?? true, "a sample of \(sample ?? 0)")
    self.triples = triples
    self.sample = sample
    self.seed = seed
  }

  /// What was grouped.
  public struct Counts: Sendable, Equatable {
    /// Lines read.
    public var triples = 0
    /// Lines written.
    public var queries = 0
    /// Negatives written.
    public var negatives = 0
    /// Queries whose triples did not stand together.
    public var scatteredQueries = 0
    /// Sorted runs that were written to a temporary file, since the memory was too small.
    public var temporaryRuns = 0
  }

  /// Writes the lines.
  ///
  /// Runs of one query's triples are sorted by query, and what that joins is sorted back by the
  /// query's first line.
  /// - Parameters:
  ///   - path: the file; appears when it is complete.
  ///   - space: what sorting may use.
  ///   - progress: told now and then how far the work has come.
  /// - Returns: what was grouped.
  /// - Throws: `FileError` for a line that has not three fields, for a negative with a comma, and
  ///   where a file cannot be read or written.
  /// - Complexity: O(n log n) time for n runs; memory for `space`, and with `sample` for that many
  ///   ids.
  public func write(
    to path: String,
    in space: SortSpace,
    progress: @escaping PreparationProgress = { _ in }
  ) throws(FileError) -> Counts {
    var counts = Counts()
    var byQuery = ExternalSort(in: space.half)
    try readRuns(into: &byQuery, &counts, ProgressSteps("reading triples", progress))
    var byLine = ExternalSort(in: space.half)
    try joinRuns(of: &byQuery, into: &byLine, &counts, ProgressSteps("grouping", progress))
    try write(&byLine, to: path, ProgressSteps("writing", progress))
    counts.temporaryRuns = byQuery.fileRuns + byLine.fileRuns
    return counts
  }

  /// Reads the triples; each record holds the negatives of a run of them, numbered by its line.
  private func readRuns(
    into sort: inout ExternalSort,
    _ counts: inout Counts,
    _ steps: consuming ProgressSteps
  ) throws(FileError) {
    var run = TripleRun()
    var reader = try LineReader(path: triples)
    while try reader.advance() {
      let number = UInt64(reader.lineNumber)
      let fault = try reader.withLine { (line) throws(FileError) in
        try run.add(line, number: number, to: &sort)
      }
      if let fault { throw reader.error(fault) }
      steps.note(reader)
    }
    try run.end(&sort)
    counts.triples = reader.lineNumber
  }

  /// Joins the runs of each query and ranks them by the first of their lines.
  private func joinRuns(
    of byQuery: inout ExternalSort,
    into byLine: inout ExternalSort,
    _ counts: inout Counts,
    _ steps: consuming ProgressSteps
  ) throws(FileError) {
    var records = try byQuery.finish()
    var group = QueryGroup(sample: sample, seed: seed)
    while try records.advance() {
      try group.add(records.record, to: &byLine, &counts)
      steps.note(of: byQuery.count)
    }
    try group.end(&byLine, &counts)
  }

  /// Writes a line for all records of one rank, which is the first line of their query.
  private func write(
    _ byLine: inout ExternalSort,
    to path: String,
    _ steps: consuming ProgressSteps
  ) throws(FileError) {
    var records = try byLine.finish()
    var output = try AtomicFile(path: path)
    var lastRank: UInt64?
    while try records.advance() {
      if records.record.rank == lastRank {
        try output.write([UInt8(ascii: ",")])
      } else {
        if lastRank != nil { try output.write([UInt8(ascii: "\n")]) }
        try output.write(records.record.key)
        try output.write([UInt8(ascii: "\t")])
        lastRank = records.record.rank
      }
      try output.write(records.record.payload)
      steps.note(of: byLine.count)
    }
    if lastRank != nil { try output.write([UInt8(ascii: "\n")]) }
    try output.commit()
  }
}
