internal import IndexStore
internal import Torch
internal import TrainingData

/// What the loss must know of a batch beside its vectors.
struct BatchLabels {
  /// For each query the number of its positive among the batch's passages.
  let targets: [Int]
  /// The keys of the passages, as hashes.
  let ids: [UInt64]
  /// The tokens of the passages, as hashes: passages of different keys may have the same.
  let texts: [UInt64]
  /// For each query the hashes of the keys of its known positives.
  let positives: [Set<UInt64>]
  /// A teacher's scores of the passages.
  let teacherScores: [Float]?

  init(_ batch: TrainingBatch) {
    targets = batch.queries.indices.map { $0 * batch.passagesPerQuery }
    ids = batch.passageKeys.map { Checksum.of($0.utf8) }
    texts = batch.passages.map { tokens in
      unsafe tokens.withUnsafeBytes { unsafe Checksum.of($0) }
    }
    positives = batch.positiveKeys.map { Set($0.map { Checksum.of($0.utf8) }) }
    teacherScores = batch.teacherScores
  }
}
