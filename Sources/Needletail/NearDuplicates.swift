public import VectorCore

/// Which vectors of a set are nearly the same as an earlier one.
public struct NearDuplicates: Sendable, Equatable {
  /// A vector that may be left out, and the one that stands for it.
  public struct Pair: Sendable, Equatable {
    /// The row of the later vector.
    public let row: UInt32
    /// The row of the earlier one, which is no duplicate itself.
    public let original: UInt32
    /// Their similarity or distance, the metric's own value.
    public let score: Float
  }

  /// The duplicates, ascending by their rows.
  public let pairs: [Pair]
  /// The rows of all other vectors, ascending.
  public let originals: [UInt32]

  /// Rows that are searched at a time.
  private static let block = 1_024

  /// Looks for the duplicates of a set in an index over it.
  ///
  /// Rows are gone through in order. A row is a duplicate where a search finds an earlier one for it,
  /// or found it for an earlier one, that is no duplicate itself and within the threshold: of a
  /// group of vectors that are all near one another, the first stays. The search takes 64 neighbors
  /// of each row and more where all of these are within, as a range search does.
  /// - Parameters:
  ///   - set: the vectors.
  ///   - index: an index over just these, row by row; an exact one finds all duplicates, another
  ///     those that its search parameters find.
  ///   - threshold: the least similarity, or the largest squared L2 distance.
  ///   - parameters: search parameters of the backend.
  ///   - threads: how many threads may search.
  ///   - progress: called with the number of rows that are done.
  /// - Throws: ``VectorCore/IndexError`` for a threshold that is not finite, and what searching
  ///   throws.
  /// - Complexity: a search for each row that is not known as a duplicate when its block of 1,024
  ///   begins.
  public init(
    of set: VectorSet,
    in index: any VectorIndex,
    within threshold: Float,
    parameters: Parameters = [:],
    threads: Int = 1,
    progress: (Int) -> Void = { _ in }
  ) throws {
    let count = set.count
    precondition(index.summary.count == count, "an index of other vectors than the set's \(count)")
    let numbered = NumberedIndex(base: index)
    var state = [Mark](repeating: .open, count: count)
    for start in stride(from: 0, to: count, by: Self.block) {
      let end = min(start + Self.block, count)
      let rows = (start..<end).filter { state[$0].original == nil }.map { UInt32($0) }
      guard !rows.isEmpty else { continue }
      let queries = try set.subset(rows).allRows(preparedFor: index.summary.metric)
      let found = try numbered.search(
        queries.span,
        within: threshold,
        parameters: parameters,
        threads: threads
      )
      for (place, row) in rows.enumerated() where state[Int(row)].original == nil {
        let open = found[place].filter { state[Int($0.id)].original == nil && $0.id != UInt64(row) }
        if let earlier = open.first(where: { $0.id < UInt64(row) }) {
          state[Int(row)] = Mark(original: UInt32(earlier.id), score: earlier.score)
          continue
        }
        for later in open { state[Int(later.id)] = Mark(original: row, score: later.score) }
      }
      progress(end)
    }
    pairs = state.enumerated().compactMap { row, mark in
      mark.original.map { Pair(row: UInt32(row), original: $0, score: mark.score) }
    }
    originals = state.indices.filter { state[$0].original == nil }.map { UInt32($0) }
  }

  /// What is known of a row.
  private struct Mark {
    static let open = Mark(original: nil, score: 0)
    let original: UInt32?
    let score: Float
  }
}

/// An index whose ids are its rows.
private struct NumberedIndex: VectorIndex {
  let base: any VectorIndex
  var summary: IndexSummary { base.summary }
  var ids: VectorIDs { .rowNumbers }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try base.nearestRows(to: queries, k: k, parameters: parameters, threads: threads)
  }
}
