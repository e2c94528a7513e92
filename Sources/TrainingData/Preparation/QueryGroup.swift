internal import VectorCore

/// The runs of one query, which a sort by query gives one after the other.
struct QueryGroup {
  private var query: [UInt8] = []
  private var firstLine: UInt64 = 0
  /// The line behind the last run: where the next begins if nothing stands between them.
  private var nextLine: UInt64 = 0
  private var isScattered = false
  private var reservoir: Reservoir?

  /// Creates a group without runs.
  init(sample: Int?, seed: UInt64) {
    reservoir = sample.map { Reservoir(size: $0, seed: seed) }
  }

  /// Adds a run; with the first of another query, the group begins anew.
  ///
  /// - Throws: `FileError` where the sort cannot write.
  mutating func add(
    _ run: SortedRecord,
    to sort: inout ExternalSort,
    _ counts: inout NegativeGroups.Counts
  ) throws(FileError) {
    if run.key != query {
      try end(&sort, &counts)
      begin(run)
      counts.queries += 1
    } else if run.number != nextLine, !isScattered {
      isScattered = true
      counts.scatteredQueries += 1
    }
    let negatives = 1 + run.payload.reduce(0) { $0 + ($1 == UInt8(ascii: ",") ? 1 : 0) }
    nextLine = run.number + UInt64(negatives)
    if reservoir != nil {
      for id in run.payload.split(separator: UInt8(ascii: ",")) { reservoir?.offer(id) }
    } else {
      counts.negatives += negatives
      try append(run.payload, to: &sort)
    }
  }

  /// Ends the last query's group.
  ///
  /// - Throws: `FileError` where the sort cannot write.
  mutating func end(
    _ sort: inout ExternalSort,
    _ counts: inout NegativeGroups.Counts
  ) throws(FileError) {
    guard !query.isEmpty, let kept = reservoir?.kept else { return }
    counts.negatives += kept.count
    try append(Array(kept.joined(separator: [UInt8(ascii: ",")])), to: &sort)
  }

  private mutating func begin(_ run: SortedRecord) {
    query = run.key
    firstLine = run.number
    isScattered = false
    reservoir?.begin(query)
  }

  private func append(_ negatives: [UInt8], to sort: inout ExternalSort) throws(FileError) {
    try sort.append(
      rank: firstLine,
      key: query.span,
      number: firstLine,
      payload: negatives.span
    )
  }
}
