internal import VectorCore

/// How many queries a view of an index has answered by each way to search the rows of a filter.
struct FilterWays {
  private let counts: [(name: String, count: Int)]

  private static let prefix = "filter_"

  init(of index: any VectorIndex) {
    counts = ((index as? any ObservedIndex)?.observations ?? []).compactMap { observation in
      observation.name.hasPrefix(Self.prefix)
        ? (String(observation.name.dropFirst(Self.prefix.count)), observation.count) : nil
    }
  }

  /// The ways that queries have been answered by since an earlier count: "scanned", or
  /// "scanned+walked"; `nil` where there is no filter.
  func name(since earlier: FilterWays) -> String? {
    let taken = counts.filter { one in
      one.count > earlier.counts.first { $0.name == one.name }?.count ?? 0
    }
    return taken.isEmpty ? nil : taken.map(\.name).joined(separator: "+")
  }
}
