internal import Benchmarking
internal import Needletail
internal import Reporting

/// What an index came to and what it took, for people and programs.
struct BuildReport {
  let path: String
  let threads: Int
  let isCompressed: Bool
  let summary: IndexSummary
  /// How many vectors were left out; `nil` where it was not asked for.
  var duplicates: Int?
  /// The kind of index, where it was chosen.
  var choice: BackendChoice?
  /// Why the index is as it is, part by part; empty parts where nothing was chosen.
  var reasons: [String] = []
  let curve: RecallCurve?
  let phases: PhaseTimes
  let file: IndexFileReport
  let buildSeconds: Double
  let tuneSeconds: Double
  let writeSeconds: Double

  private var why: String? {
    let given = reasons.filter { !$0.isEmpty }
    return given.isEmpty ? nil : given.joined(separator: "; ")
  }

  private var bytesPerVector: Double { Double(file.fileBytes) / Double(summary.count) }

  /// Writes it to the standard output.
  func write(json: Bool) throws {
    try StandardOutput.write(json ? JSONText.object(members).written + "\n" : text)
  }

  private var text: String {
    let saved =
      isCompressed ? ", \(NumberText.bytes(file.savedBytes)) saved by compression" : ""
    let left = duplicates.map { ", \(NumberText.grouped($0)) duplicates left out" } ?? ""
    let tuned = curve == nil ? "" : "tuned in \(NumberText.seconds(tuneSeconds)), "
    // A choice of the backend was written before.
    let shown = choice == nil ? why : reasons.last
    let reason = shown.map { $0.isEmpty ? "" : "\($0)\n" } ?? ""
    return """
      \(path): \(summary.spec), \(summary.metric.rawValue), \
      \(NumberText.grouped(summary.count)) x \(summary.dimension)\(left)
      \(reason)built in \(NumberText.seconds(buildSeconds)) on \(threads) threads, \
      \(tuned)written in \(NumberText.seconds(writeSeconds))
      \(NumberText.bytes(file.fileBytes)), \(NumberText.fixed(bytesPerVector, 1)) bytes per \
      vector\(saved)
      \(phases.line)\(curve?.choices ?? "")
      """
  }

  private var members: [(name: String, value: JSONText)] {
    summary.members + [
      ("path", .text(path)),
      ("threads", .integer(threads)),
      ("duplicates", duplicates.map { .integer($0) } ?? .null),
      ("reason", why.map { .text($0) } ?? .null),
      ("choice", choice?.json ?? .null),
      ("build_s", .real(buildSeconds)),
      ("tune_s", curve == nil ? .null : .real(tuneSeconds)),
      ("write_s", .real(writeSeconds)),
      ("phases", phases.json),
      ("peak_bytes", ProcessMemory.peak.map { .integer($0) } ?? .null),
      ("file_bytes", .integer(file.fileBytes)),
      ("saved_bytes", .integer(file.savedBytes)),
      ("bytes_per_vector", .real(bytesPerVector)),
      ("recall_curve", curve?.json ?? .null),
    ]
  }
}

extension IndexSummary {
  /// What the index is and holds, as members of a JSON object.
  var members: [(name: String, value: JSONText)] {
    [
      ("backend", .text(backend)),
      ("spec", .text(spec)),
      ("parameters", parameters.json),
      ("metric", .text(metric.rawValue)),
      ("count", .integer(count)),
      ("dimension", .integer(dimension)),
      ("seed", .unsigned(seed)),
    ]
  }
}
