/// The files and the table that a benchmark leaves.
public enum BenchmarkOutput {
  /// Writes `results.jsonl` and `report.html` into `folder`, which must exist; each appears whole
  /// or not at all.
  ///
  /// - Returns: the paths written.
  /// - Throws: ``VectorCore/FileError`` where a file cannot be written.
  public static func write(
    _ records: [BenchmarkRecord],
    into folder: String
  ) throws -> (results: String, report: String) {
    ("", "")
  }

  /// A table for the terminal, at most `width` columns wide, ending in a line break.
  public static func table(_ records: [BenchmarkRecord], width: Int = 100) -> String { "" }
}
