/// Who is told how a training goes; in the leading rank only.
public protocol TrainingObserver: AnyObject {
  /// Called after each step.
  func progressed(_ progress: TrainingProgress)

  /// Called every few steps, and after validations.
  func record(_ entry: LogEntry) throws
}
