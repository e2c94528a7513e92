internal import FlatIndex
public import VectorCore

/// Exact search over a vector set without an index file, part by part where the set is larger than the
/// memory it may take: the answers are those of `flat`.
///
/// ```swift
/// let exact = try ExactSearch(over: VectorSet.open("corpus.vectors"), metric: .innerProduct)
/// let found = try exact.search(queries, k: 100, threads: 8)
/// ```
/// Each call reads a set of several parts once, so it pays to ask many queries at a time.
public struct ExactSearch: VectorIndex {
  /// What is searched.
  public let summary: IndexSummary
  private let vectors: VectorSet
  private let parts: [Range<Int>]
  /// The index, where there is one part.
  private let whole: (any VectorIndex)?

  /// The vectors' ids.
  public var ids: VectorIDs { vectors.ids }

  /// Takes a set.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - metric: how vectors are compared.
  ///   - partBytes: memory for the vectors of a part, in bytes; a set that fits is read once, now.
  ///   - threads: how many threads may read it.
  /// - Throws: ``VectorCore/IndexError`` for an empty set, values that are not finite and zero vectors
  ///   under cosine; ``VectorCore/FileError`` where reading fails.
  public init(
    over vectors: VectorSet,
    metric: Metric,
    partBytes: Int = 1 << 30,
    threads: Int = 1
  ) throws {
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    self.vectors = vectors
    summary = IndexSummary(
      backend: FlatBackend.name,
      parameters: [:],
      metric: metric,
      count: vectors.count,
      dimension: vectors.dimension,
      seed: 0
    )
    let length = max(1, partBytes / (4 * vectors.dimension))
    parts = stride(from: 0, to: vectors.count, by: length).map {
      $0..<min($0 + length, vectors.count)
    }
    whole =
      parts.count == 1
      ? try Self.index(over: vectors, rows: parts[0], metric: metric, threads: threads) : nil
  }

  private static func index(
    over vectors: VectorSet,
    rows: Range<Int>,
    metric: Metric,
    threads: Int
  ) throws -> any VectorIndex {
    try FlatBackend.build(
      VectorSet(RowRange(base: vectors.source, rows: rows)),
      parameters: Parameters().resolved(against: FlatBackend.buildParameters, owner: "flat"),
      options: BuildOptions(metric: metric, threads: threads)
    )
  }

  /// Finds the `k` nearest rows; there are no search parameters.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    _ = try parameters.resolved(against: FlatBackend.searchParameters, owner: summary.backend)
    if let whole {
      return try whole.nearestRows(to: queries, k: k, parameters: parameters, threads: threads)
    }
    var best = NearestRows(queryCount: queries.count / summary.dimension, k: k)
    for part in parts {
      let index = try Self.index(
        over: vectors,
        rows: part,
        metric: summary.metric,
        threads: threads
      )
      let found = try index.nearestRows(
        to: queries,
        k: min(k, part.count),
        parameters: parameters,
        threads: threads
      )
      best = Self.merge(best, found, firstRow: part.lowerBound)
    }
    return best
  }

  /// The nearest of what two parts have, the first before the second where distances are equal.
  private static func merge(
    _ first: NearestRows,
    _ second: NearestRows,
    firstRow: Int
  ) -> NearestRows {
    var merged = NearestRows(queryCount: first.counts.count, k: first.k)
    for query in first.counts.indices {
      var (left, right) = (query * first.k, query * second.k)
      let (leftEnd, rightEnd) = (left + first.counts[query], right + second.counts[query])
      let count = min(first.k, leftEnd - left + rightEnd - right)
      for place in query * first.k..<query * first.k + count {
        let takesLeft =
          right == rightEnd || left < leftEnd && first.distances[left] <= second.distances[right]
        if takesLeft {
          merged.rows[place] = first.rows[left]
          merged.distances[place] = first.distances[left]
          left += 1
        } else {
          merged.rows[place] = second.rows[right] + UInt32(firstRow)
          merged.distances[place] = second.distances[right]
          right += 1
        }
      }
      merged.counts[query] = count
    }
    return merged
  }
}

/// Consecutive rows of another source.
private struct RowRange: VectorSource {
  let base: any VectorSource
  let rows: Range<Int>

  var name: String { base.name }
  var count: Int { rows.count }
  var dimension: Int { base.dimension }

  func copyRows(_ range: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    let start = rows.lowerBound
    try base.copyRows(range.lowerBound + start..<range.upperBound + start, into: &destination)
  }
}
