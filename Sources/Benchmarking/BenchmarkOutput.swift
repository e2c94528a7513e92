public import VectorCore

/// The files and the table that a benchmark leaves.
public enum BenchmarkOutput {
  /// Writes `results.jsonl` and `report.html` into a folder; each appears whole or not at all.
  ///
  /// - Parameters:
  ///   - records: the records of one run.
  ///   - folder: where; it must exist.
  /// - Returns: the paths of the two files.
  /// - Throws: ``VectorCore/FileError`` where a file cannot be written.
  public static func write(
    _ records: [BenchmarkRecord],
    into folder: String
  ) throws(FileError) -> (results: String, report: String) {
    let base = folder.isEmpty ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    let results = base + "results.jsonl"
    let page = base + "report.html"
    try writeText(jsonLines(records), to: results)
    try writeText(report(records), to: page)
    return (results, page)
  }

  /// One JSON object per record and line.
  public static func jsonLines(_ records: [BenchmarkRecord]) -> String {
    records.map { $0.json + "\n" }.joined()
  }

  /// The report: one HTML page that needs nothing else, not even a network.
  public static func report(_ records: [BenchmarkRecord]) -> String {
    ReportPage.html(records)
  }

  /// A table for a terminal of `width` columns, ending in a line break.
  public static func table(_ records: [BenchmarkRecord], width: Int = 100) -> String {
    guard let results = Results(records) else { return "no results\n" }
    return ResultsTable(results: results, width: width).text
  }
}

private func writeText(_ text: String, to path: String) throws(FileError) {
  var file = try AtomicFile(path: path)
  try file.write(Array(text.utf8))
  try file.commit()
}
