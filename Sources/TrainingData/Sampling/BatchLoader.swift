internal import VectorCore

/// The batches of an epoch for one rank, in order, built by other threads ahead of time.
///
/// Each batch is built whole from its (epoch, step, rank), so that no record is read by two workers,
/// and any number of workers gives the same batches in the same order. Loading may begin at any step,
/// as after a resume.
///
/// ```swift
/// let loader = BatchLoader(builder, order: order, rank: 0, workers: 2)
/// while let batch = try loader.next() { … }
/// ```
/// Only one thread may take batches. A loader that is dropped stops its workers; each may still
/// finish the batch that it is at.
public final class BatchLoader {
  private let prefetch: Prefetch<TrainingBatch>

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - builder: builds the batches.
  ///   - order: the order of the epoch.
  ///   - rank: whose batches.
  ///   - firstStep: 0 to `order.steps`; where loading begins.
  ///   - workers: how many threads build; with 0 the thread that takes batches builds them.
  ///   - prefetch: how many batches may be ready or in work, at least 1; the default keeps every
  ///     worker busy while the batches that are ready are taken.
  public init(
    _ builder: BatchBuilder,
    order: EpochOrder,
    rank: Int = 0,
    firstStep: Int = 0,
    workers: Int,
    prefetch: Int? = nil
  ) {
    precondition(firstStep >= 0 && firstStep <= order.steps, "step \(firstStep) of \(order.steps)")
    self.prefetch = Prefetch(
      firstStep..<order.steps,
      workers: workers,
      ahead: prefetch ?? max(1, 2 * workers)
    ) { step in
      try builder.batch(of: order, step: step, rank: rank)
    }
  }

  /// The next batch; `nil` behind the last.
  ///
  /// - Throws: what building the batch threw, when its turn has come.
  public func next() throws -> TrainingBatch? { try prefetch.next() }
}
