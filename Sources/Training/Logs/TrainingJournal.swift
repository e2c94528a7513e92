public import VectorCore

/// Writes down how a training goes: `log.jsonl`, TensorBoard's event files, and `training.html`.
public final class TrainingJournal: TrainingObserver {
  private var log: TrainingLog
  private var events: EventWriter
  private let folder: String
  private let plannedSteps: Int
  private let settings: [(name: String, value: String)]
  private let show: (TrainingProgress) -> Void

  /// Begins, or goes on with, a journal.
  ///
  /// - Parameters:
  ///   - folder: where the log and the page are written.
  ///   - eventFolder: where event files are written.
  ///   - step: the step from which the training goes on; `nil` for a new one.
  ///   - plannedSteps: the steps of the whole training.
  ///   - settings: what the page's table shows.
  ///   - show: is called after each step.
  /// - Throws: `FileError` where a file cannot be written.
  public init(
    folder: String,
    eventFolder: String,
    resumingAfter step: Int?,
    plannedSteps: Int,
    settings: [(name: String, value: String)],
    show: @escaping (TrainingProgress) -> Void
  ) throws(FileError) {
    let path = folder + "/log.jsonl"
    log =
      if let step { try TrainingLog(path: path, resumingAfter: step) } else {
        try TrainingLog(path: path)
      }
    events = try EventWriter(folder: eventFolder, resumingAfter: step)
    self.folder = folder
    self.plannedSteps = plannedSteps
    self.settings = settings
    self.show = show
  }

  /// Shows how far the training is.
  public func progressed(_ progress: TrainingProgress) { show(progress) }

  /// Writes an entry to all three; the page only after validations, since it is written anew.
  public func record(_ entry: LogEntry) throws(FileError) {
    try log.append(entry)
    try events.append(entry.scalars, step: entry.step)
    if !entry.validation.isEmpty { try writePage() }
  }

  /// Writes the page as it is to stay.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func finish() throws(FileError) { try writePage() }

  private func writePage() throws(FileError) {
    let page = try TrainingPage(
      log: log.path,
      title: folder,
      plannedSteps: plannedSteps,
      settings: settings
    )
    var file = try AtomicFile(path: folder + "/training.html")
    try file.write(Array(page.text.utf8))
    try file.commit()
  }
}
