internal import FlatIndex
package import IndexStore
package import VectorCore

/// The true neighbors of tuning queries.
package struct ExactNeighbors: Sendable {
  /// Neighbors per query.
  let k: Int
  /// Rows, nearest first, ties by row, `[count, k]`; a query's own row is not among them.
  private let rows: [UInt32]

  /// How much memory a part of the set may take that is searched at a time.
  private static let partBytes = 256 << 20

  /// Rows of a part.
  static func partRows(dimension: Int) -> Int { max(1_024, partBytes / (4 * dimension)) }

  /// Searches the set part by part, so that no second copy of it need fit in memory; `partRows` at
  /// a time where it is given.
  package init(
    of queries: TuningQueries,
    among vectors: VectorSet,
    k: Int,
    metric: Metric,
    threads: Int,
    partRows: Int? = nil,
    progress: (BuildProgress) -> Void
  ) throws {
    let asked = queries.asking(for: k)
    let part = partRows ?? Self.partRows(dimension: vectors.dimension)
    var best = [[Found]](repeating: [], count: queries.count)
    for start in stride(from: 0, to: vectors.count, by: part) {
      progress(BuildProgress(phase: "exact search", done: start, total: vectors.count))
      let end = min(start + part, vectors.count)
      let some =
        end - start == vectors.count
        ? vectors : vectors.subset(Array(UInt32(start)..<UInt32(end)))
      let exact = try FlatBackend.makeIndex(
        over: some,
        options: BuildOptions(metric: metric, threads: threads)
      )
      let nearest = try exact.nearestRows(
        to: queries.values.span,
        k: min(asked, end - start),
        parameters: [:],
        threads: threads
      )
      for query in 0..<queries.count {
        let first = query * nearest.k
        let found = (first..<first + nearest.counts[query]).map { place in
          Found(distance: nearest.distances[place], row: nearest.rows[place] + UInt32(start))
        }
        best[query] = Self.merged(best[query], found, asked)
      }
    }
    self.k = k
    rows = best.enumerated().flatMap { query, found in
      queries.others(found.lazy.map(\.row), of: query, k: k)
    }
  }

  /// The nearest `k` rows of one query; `k` at most the curve's largest.
  package func nearest(_ k: Int, of query: Int) -> ArraySlice<UInt32> {
    rows[query * self.k..<query * self.k + k]
  }

  private struct Found {
    let distance: Float
    let row: UInt32
  }

  /// The best of two sorted lists; rows of the first are smaller, so it comes first in ties.
  private static func merged(_ left: [Found], _ right: [Found], _ limit: Int) -> [Found] {
    guard !left.isEmpty else { return right }
    var result: [Found] = []
    result.reserveCapacity(min(limit, left.count + right.count))
    var (i, j) = (0, 0)
    while result.count < limit, i < left.count || j < right.count {
      if j == right.count || (i < left.count && left[i].distance <= right[j].distance) {
        result.append(left[i])
        i += 1
      } else {
        result.append(right[j])
        j += 1
      }
    }
    return result
  }
}
