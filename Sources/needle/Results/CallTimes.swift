internal import Benchmarking
internal import Reporting
internal import VectorCore

/// How long the calls of a search took, and where each was one query, their latencies.
struct CallTimes {
  private var spent = Duration.zero
  private let keepsLatencies: Bool
  private var microseconds: [Double] = []

  /// Latencies are kept where every call is one query.
  init(ofSingleQueries: Bool) { keepsLatencies = ofSingleQueries }

  /// Adds a call.
  mutating func add(_ time: Duration) {
    spent += time
    if keepsLatencies { microseconds.append(time.inSeconds * 1_000_000) }
  }

  /// All calls, in seconds.
  var seconds: Double { spent.inSeconds }

  private static let percents = [50, 95, 99]

  private var percentiles: [(percent: Int, microseconds: Double)] {
    guard !microseconds.isEmpty else { return [] }
    let sorted = microseconds.sorted()
    return Self.percents.map { ($0, percentile(Double($0), of: sorted)) }
  }

  /// `p50_us`, `p95_us` and `p99_us`; nothing where calls were of several queries.
  var json: [(name: String, value: JSONText)] {
    percentiles.map { ("p\($0.percent)_us", .real($0.microseconds)) }
  }

  /// One line with p50 and p99; empty where calls were of several queries.
  var line: String {
    let shown = percentiles.filter { $0.percent != 95 }
      .map { "p\($0.percent) \(NumberText.microseconds($0.microseconds))" }
    return shown.isEmpty ? "" : "latency of a query: " + shown.joined(separator: ", ") + "\n"
  }
}
