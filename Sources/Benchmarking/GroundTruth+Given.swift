internal import Synchronization
public import VectorCore

extension GroundTruth {
  /// Takes neighbors that were read from a file, and works out their scores.
  ///
  /// - Parameters:
  ///   - given: rows of `vectors`, `[queries.count, k]` row-major, nearest first.
  ///   - k: the length of the file's rows, at least 1.
  ///   - path: the file, for messages.
  ///   - vectors: the set that the rows count in.
  ///   - queries: the queries in the file's order.
  ///   - metric: how vectors are compared.
  ///   - threads: how many threads may work.
  /// - Throws: ``VectorCore/FileError`` that names file and query where the number of queries
  ///   differs, or a row is out of range or given twice for one query;
  ///   ``VectorCore/IndexError`` for vectors that have no score.
  public init(
    given: [Int32],
    k: Int,
    path: String,
    vectors: VectorSet,
    queries: VectorSet,
    metric: Metric,
    threads: Int
  ) throws {
    try Self.check(given, k: k, path: path, count: vectors.count, queryCount: queries.count)
    let rows = given.map { UInt32($0) }
    let scorer = try RowScorer(vectors: vectors, queries: queries, metric: metric)
    let parts = Mutex<[Int: [Float]]>([:])
    try parallelFor(queries.count, chunk: 64, threads: threads) { _, range in
      var scores: [Float] = []
      for query in range {
        let wanted = rows[query * k..<(query + 1) * k]
        scores += try scorer.scores(query: query, rows: wanted).map { Float($0.value) }
      }
      parts.withLock { $0[range.lowerBound] = scores }
    }
    let ordered = parts.withLock { $0 }.sorted { $0.key < $1.key }
    self.init(k: k, rows: rows, scores: ordered.flatMap(\.value))
  }

  private static func check(
    _ given: [Int32],
    k: Int,
    path: String,
    count: Int,
    queryCount: Int
  ) throws(FileError) {
    guard k >= 1, given.count == queryCount * k else {
      throw FileError(
        .badData,
        path: path,
        reason: "holds neighbors of \(k >= 1 ? given.count / k : 0) queries, "
          + "but there are \(queryCount) queries",
        remedy: remedy
      )
    }
    for query in 0..<queryCount {
      var seen = Set<Int32>(minimumCapacity: k)
      for row in given[query * k..<(query + 1) * k] {
        guard row >= 0, Int(row) < count else {
          throw FileError(
            .badData,
            path: path,
            place: "query \(query)",
            reason: "row \(row) is not among the \(count) vectors",
            remedy: remedy
          )
        }
        guard seen.insert(row).inserted else {
          throw FileError(
            .badData,
            path: path,
            place: "query \(query)",
            reason: "row \(row) is given twice",
            remedy: remedy
          )
        }
      }
    }
  }

  private static let remedy = "make it anew for these vectors and queries with needle ground-truth"

  /// Searches a seeded sample of the queries exactly and compares, rank by rank.
  ///
  /// Rows may differ where the scores are equal up to rounding: ties have no order across programs.
  /// - Parameters:
  ///   - exact: an index that finds the true neighbors.
  ///   - vectors: the set that the rows count in.
  ///   - queries: the queries in the file's order.
  ///   - sample: how many queries to check, cut to those there are.
  ///   - seed: chooses the sample.
  ///   - path: the file, for messages.
  ///   - threads: how many threads may work.
  /// - Throws: ``VectorCore/FileError`` that names the file and the first query that differs.
  public func spotCheck(
    against exact: any VectorIndex,
    vectors: VectorSet,
    queries: VectorSet,
    sample: Int = 100,
    seed: UInt64 = 42,
    path: String,
    threads: Int
  ) throws {
    precondition(queries.count == queryCount, "\(queries.count) queries, truth of \(queryCount)")
    let chosen = seededShuffle(of: queryCount, seed: seed).prefix(sample).sorted()
    let truth = try Self.compute(chosen, with: exact, queries: queries, k: k, threads: threads) {
      _ in
    }
    let metric = exact.summary.metric
    let scorer = try RowScorer(vectors: vectors, queries: queries, metric: metric)
    for (place, query) in chosen.enumerated() {
      let given = rows[Int(query) * k..<(Int(query) + 1) * k]
      let found = truth.rows[place * truth.k..<(place + 1) * truth.k]
      guard !given.elementsEqual(found) else { continue }
      let givenScores = try scorer.scores(query: Int(query), rows: given)
      let foundScores = try scorer.scores(query: Int(query), rows: found)
      for (rank, (mine, theirs)) in zip(foundScores, givenScores).enumerated() {
        guard abs(mine.value - theirs.value) > max(mine.rounding, theirs.rounding) else { continue }
        throw FileError(
          .badData,
          path: path,
          place: "query \(query)",
          reason: "neighbor \(rank + 1) is row \(given[given.startIndex + rank]) with score "
            + "\(Float(theirs.value)), but exact search by \(metric.rawValue) finds row "
            + "\(found[found.startIndex + rank]) with score \(Float(mine.value))",
          remedy: Self.remedy
        )
      }
    }
  }
}
