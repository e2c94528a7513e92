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
    note(done: reader.fileOffset, of: reader.fileSize)
  }

  /// Notes a text of a file.
  mutating func note(_ reader: borrowing TextReader) {
    note(done: reader.fileOffset, of: reader.fileSize)
  }

  /// Notes one of `total` items.
  mutating func note(of total: Int) { note(done: count + 1, of: total) }

  private mutating func note(done: Int, of total: Int) {
    count += 1
    guard count % Self.stride == 0 else { return }
    report(BuildProgress(phase: phase, done: done, total: total))
  }
}
