internal import IndexStore
internal import Torch
internal import TrainingData

/// What the loss must know of a batch beside its vectors.
struct BatchLabels {
  /// For each query the number of its positive among the batch's passages.
  let targets: [Int]
  /// The keys of the passages, as hashes.
  let passages: [UInt64]
  /// For each query the hashes of the keys of its known positives.
  let positives: [Set<UInt64>]
  /// A teacher's scores of the passages.
  let teacherScores: [Float]?

  init(_ batch: TrainingBatch) {
    targets = batch.queries.indices.map { $0 * batch.passagesPerQuery }
    passages = batch.passageKeys.map { Checksum.of($0.utf8) }
    positives = batch.positiveKeys.map { Set($0.map { Checksum.of($0.utf8) }) }
    teacherScores = batch.teacherScores
  }
}
