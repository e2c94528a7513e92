internal import Needletail
internal import Reporting

/// What a search came to, for people and programs.
struct SearchReport {
  let path: String
  let format: ResultFormat
  /// The most neighbors of a query; `nil` for all within the threshold.
  let k: Int?
  let threshold: Float?
  let queries: Int
  let batch: Int
  let threads: Int
  let target: SearchTarget
  let times: CallTimes
  /// What comes before and behind the search calls.
  let phases: [(name: String, time: Duration)]

  /// A few lines.
  var text: String {
    let count = NumberText.grouped(target.summary.count)
    let settings = target.parameters.entries.isEmpty ? "" : " with \(target.parameters)"
    let within = threshold.map { " within \($0)" } ?? ""
    let head =
      "\(path): the \(k.map { "\($0) " } ?? "")nearest\(within) of \(count) vectors for "
      + "\(NumberText.grouped(queries)) "
      + "queries, found in \(NumberText.seconds(times.seconds)) on \(threads) threads\(settings)\n"
    let parts = phases.map { "\($0.name) \(NumberText.seconds($0.time.inSeconds))" }
    return head + "phases: \(parts.joined(separator: ", "))\n" + times.line
      + Observations(target.index).line
  }

  /// All of it.
  var json: JSONText {
    .object(
      [
        ("path", .text(path)),
        ("format", .text(format.rawValue)),
        ("queries", .integer(queries)),
        ("k", k.map { .integer($0) } ?? .null),
        ("threshold", threshold.map { .real(Double($0)) } ?? .null),
        ("parameters", target.parameters.json),
        ("batch", .integer(batch)),
        ("threads", .integer(threads)),
        ("search_s", .real(times.seconds)),
        ("phases", .object(phases.map { ($0.name, .real($0.time.inSeconds)) })),
      ] + times.json + Observations(target.index).json
    )
  }
}
