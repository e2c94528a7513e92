public import VectorCore

/// How queries are going to come.
public enum QueryMode: String, CaseIterable, Sendable {
  /// Many in one call, on all threads.
  case batch
  /// One in each call, on one thread.
  case single
}

/// What an index is wanted for, for ``chooseBackend(for:metric:goal:queries:threads:seed:progress:)``.
public struct SearchGoal: Sendable, Equatable {
  /// How queries come.
  public let mode: QueryMode
  /// The recall that searches are to reach, above 0 and below 1.
  public let recall: Double
  /// Neighbors per query, at least 1.
  public let k: Int
  /// The most bytes that the index may take a vector; `nil` for any number.
  public let bytesPerVector: Double?

  /// States a goal.
  ///
  /// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for a number out of its
  ///   range.
  public init(
    mode: QueryMode = .batch,
    recall: Double = 0.95,
    k: Int = 10,
    bytesPerVector: Double? = nil
  ) throws(IndexError) {
    try checkTuning(target: recall, ks: [k])
    if let bytesPerVector { try checkBudget(bytesPerVector) }
    self.mode = mode
    self.recall = recall
    self.k = k
    self.bytesPerVector = bytesPerVector
  }
}
