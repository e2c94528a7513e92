internal import Needletail

/// Searches blocks of queries, call by call, and writes what is found.
struct QuerySearch {
  let target: SearchTarget
  /// The most neighbors of a query; `nil` for all within the threshold.
  let k: Int?
  /// What scores must reach.
  let threshold: Float?
  let threads: Int
  let queriesPerCall: Int
  /// Queries that are answered once before, untimed.
  let warmUp: Int
  private let dimension: Int
  /// The times of the search calls: reading queries and writing results, though they take turns with
  /// the searches, are not among them.
  private(set) var times: CallTimes
  /// The time that writing took.
  private(set) var writeTime = Duration.zero

  /// Results that wait in memory for the end of their block.
  private static let mostPending = 1 << 20

  init(
    target: SearchTarget,
    k: Int?,
    threshold: Float?,
    threads: Int,
    queriesPerCall: Int,
    warmUp: Int
  ) {
    (self.target, self.k, self.threshold, self.threads) = (target, k, threshold, threads)
    (self.queriesPerCall, self.warmUp) = (queriesPerCall, warmUp)
    dimension = target.summary.dimension
    times = CallTimes(ofSingleQueries: queriesPerCall == 1)
  }

  /// Answers all queries and puts the file under its name.
  mutating func answer(_ blocks: inout any QueryBlocks, into file: ResultFile) throws {
    let progress = ProgressDisplay()
    defer { progress.finish() }
    var done = 0
    while let block = try blocks.next() {
      let count = block.values.count / dimension
      if done == 0, warmUp > 0 {
        _ = try search(block, 0..<min(warmUp, count), of: blocks.name, firstRow: 0)
      }
      progress.show(BuildProgress(phase: "searching", done: done, total: blocks.count))
      try answer(block, count: count, firstRow: done, of: blocks.name, into: file)
      done += count
    }
    try timed { try file.finish() }
  }

  private mutating func answer(
    _ block: QueryBlock,
    count: Int,
    firstRow: Int,
    of name: String,
    into file: ResultFile
  ) throws {
    let clock = ContinuousClock()
    var pending: [SearchResults] = []
    var written = 0
    for first in stride(from: 0, to: count, by: queriesPerCall) {
      let rows = first..<min(first + queriesPerCall, count)
      let began = clock.now
      let results = try search(block, rows, of: name, firstRow: firstRow)
      times.add(clock.now - began)
      pending.append(results)
      guard rows.upperBound == count || pending.count * results.ids.count >= Self.mostPending else {
        continue
      }
      try timed {
        for results in pending {
          let places = written..<written + results.queryCount
          try file.append(results, names: block.names?[places])
          written = places.upperBound
        }
      }
      pending = []
    }
  }

  private func search(
    _ block: QueryBlock,
    _ rows: Range<Int>,
    of name: String,
    firstRow: Int
  ) throws -> SearchResults {
    let places = rows.lowerBound * dimension..<rows.upperBound * dimension
    let queries = block.values.span.extracting(places)
    guard let threshold else {
      return try target.index.search(
        queries,
        k: k ?? 10,
        parameters: target.parameters,
        threads: threads,
        name: name,
        firstRow: firstRow + rows.lowerBound
      )
    }
    return try target.index.search(
      queries,
      within: threshold,
      atMost: k,
      parameters: target.parameters,
      threads: threads,
      name: name,
      firstRow: firstRow + rows.lowerBound
    )
  }

  private mutating func timed(_ body: () throws -> Void) rethrows {
    let clock = ContinuousClock()
    let began = clock.now
    try body()
    writeTime += clock.now - began
  }
}
