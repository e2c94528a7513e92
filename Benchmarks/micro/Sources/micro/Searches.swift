internal import CMicro
internal import Needletail

/// A small index, and a setting that stays what it is.
struct SearchSubject {
  private static let settings: [(specification: String, search: Parameters)] = [
    ("hnsw:layout=slim", ["efSearch": 64]), ("hnsw:layout=fat", ["efSearch": 64]),
    ("ivf", ["nprobe": 16]), ("flat", [:]),
  ]
  private static let timingColumns = ["single", "batch of 1,000"]
  private static let allocationColumns = [
    "one query", "500 queries", "1,000 queries", "one more query",
  ]
  private static let k = 10

  private let name: String
  private let search: Parameters
  private let index: any StoredIndex
  private let queries: [Float]
  private let recall: Double

  /// Builds the indexes of which something is wanted.
  static func all(where isWanted: (Name) -> Bool) throws -> [SearchSubject] {
    let wanted = settings.filter { setting in
      let name = name(setting)
      return timingColumns.contains { isWanted(timingName(name, $0)) }
        || allocationColumns.contains { isWanted(allocationName(name, $0)) }
    }
    guard !wanted.isEmpty else { return [] }
    let vectors = ClusteredVectors()
    let exact = try buildIndex(over: vectors.base, "flat", metric: .cosine)
      .search(vectors.queries.span, k: k)
    return try wanted.map { setting in
      let index = try buildIndex(over: vectors.base, setting.specification, metric: .cosine)
      let found = try index.search(vectors.queries.span, k: k, parameters: setting.search)
      let right = (0..<found.queryCount).reduce(0) { sum, query in
        sum + Set(exact[query].map(\.id)).intersection(found[query].map(\.id)).count
      }
      return SearchSubject(
        name: name(setting),
        search: setting.search,
        index: index,
        queries: vectors.queries,
        recall: Double(right) / Double(k * found.queryCount)
      )
    }
  }

  private static func name(_ setting: (specification: String, search: Parameters)) -> String {
    setting.search.entries.isEmpty
      ? setting.specification : "\(setting.specification) \(setting.search)"
  }

  private static func timingName(_ variant: String, _ column: String) -> Name {
    Name(benchmark: "search", variant: variant, column: column)
  }

  private static func allocationName(_ variant: String, _ column: String) -> Name {
    Name(benchmark: "allocations", variant: variant, column: column)
  }

  /// Queries one a call, and all in one.
  var timings: [Timing] {
    zip(Self.timingColumns, [1, ClusteredVectors.queryCount]).map { column, batch in
      Timing(name: Self.timingName(name, column), unit: "ns a query", recall: recall) {
        let start = micro_clock()
        for first in stride(from: 0, to: ClusteredVectors.queryCount, by: batch) {
          try answer(first..<first + batch)
        }
        return Double(micro_clock() - start) / Double(ClusteredVectors.queryCount)
      }
    }
  }

  /// How often calls with one query and with more ask for memory once the index is warm, and what a
  /// query more in a large call adds.
  func allocations() throws -> [Result] {
    let counts = try [1, 500, 1_000].map { batch in
      try answer(0..<batch)
      let before = micro_allocations()
      try answer(0..<batch)
      return Double(micro_allocations() - before)
    }
    return zip(Self.allocationColumns, counts + [(counts[2] - counts[1]) / 500]).map {
      Result(Self.allocationName(name, $0), "in a call of", $1)
    }
  }

  private func answer(_ range: Range<Int>) throws {
    let dimension = ClusteredVectors.dimension
    let values = queries.span.extracting(
      range.lowerBound * dimension..<range.upperBound * dimension
    )
    _ = try index.search(values, k: Self.k, parameters: search)
  }
}
