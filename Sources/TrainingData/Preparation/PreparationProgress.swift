public import IndexStore
internal import Retrieval

/// Tells now and then how far a preparation has come.
public typealias PreparationProgress = (BuildProgress) -> Void

/// Reports every so many lines or records, so that reporting costs nothing.
struct ProgressSteps {
  private let phase: String
  private let report: PreparationProgress
  private var count = 0

  private static let stride = 1 << 16

  init(_ phase: String, _ report: @escaping PreparationProgress) {
    self.phase = phase
    self.report = report
  }

  /// Notes a line of a file.
  mutating func note(_ reader: borrowing LineReader) {
    guard isDue() else { return }
    report(BuildProgress(phase: phase, done: reader.fileOffset, total: reader.fileSize))
  }

  /// Notes a text of a file.
  mutating func note(_ reader: borrowing TextReader) {
    guard isDue() else { return }
    report(BuildProgress(phase: phase, done: reader.fileOffset, total: reader.fileSize))
  }

  /// Notes one of `total` items.
  mutating func note(of total: Int) {
    guard isDue() else { return }
    report(BuildProgress(phase: phase, done: count, total: total))
  }

  private mutating func isDue() -> Bool {
    count += 1
    return count % Self.stride == 0
  }
}
