internal import VectorCore

/// What becomes of ids that are not in the stores, and of queries without a relevant passage.
public enum MissingIDs: String, Sendable, CaseIterable {
  /// They are an error that names file, line and id.
  case error
  /// They are left out and counted.
  case skip

  /// Throws unless missing ids are left out.
  func check(
    _ path: String,
    _ place: String,
    _ reason: @autoclosure () -> String
  ) throws(FileError) {
    guard self == .error else { return }
    throw FileError(
      .badData,
      path: path,
      place: place,
      reason: reason(),
      remedy: "complete the files, or leave such ids out with --on-missing skip"
    )
  }
}
