/// What the arguments ask for.
struct Options {
  /// Names must have it; all have the empty text.
  private(set) var filter = ""
  private(set) var json = false
  private(set) var rounds = 7
  /// What each line of JSON says about the run: `--context KEY VALUE` for each.
  private(set) var context: [(key: String, value: String)] = []

  static let usage = """
    Benchmarks/micro/run [FILTER] [--json] [--rounds N]

      FILTER      measure what has it in its name: codes, fat.score/avx2, pool.offer/avx512/64,
                  search, search/ivf, allocations; by default all
      --json      a line for each result, not tables
      --rounds N  medians of N rounds; 7 by default
    """

  /// - Returns: `nil` for arguments that say nothing.
  init?(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let argument = rest.popFirst() {
      switch argument {
      case "--json": json = true
      case "--rounds":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { return nil }
        rounds = number
      case "--context":
        guard let key = rest.popFirst(), let value = rest.popFirst() else { return nil }
        context.append((key, value))
      default:
        guard !argument.hasPrefix("-"), filter.isEmpty else { return nil }
        filter = argument
      }
    }
  }

  func wants(_ name: Name) -> Bool {
    filter.isEmpty || "\(name.benchmark)/\(name.variant)/\(name.column)".contains(filter)
  }
}
