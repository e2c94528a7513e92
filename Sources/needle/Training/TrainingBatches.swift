internal import Encoding
internal import Tokenization
internal import TrainingData

/// Makes batches of records as a model and the options want them.
struct TrainingBatches {
  let wrapQuery: BatchBuilder.Wrapping
  let wrapPassage: BatchBuilder.Wrapping
  private let sampling: PassageSampling
  private let fixedSampling: PassageSampling

  /// Opens the model's tokenizer.
  ///
  /// - Throws: ``VectorCore/FileError`` where it is missing or damaged.
  init(_ directory: ModelDirectory, data: TrainingDataOptions, seed: UInt64) throws {
    func wrapping(_ encoder: EncoderDescription) throws -> BatchBuilder.Wrapping {
      let tokenizer = try Tokenizer.open(directory: encoder.tokenizerFolder)
      return { try tokenizer.encode(ids: $0, maxLength: encoder.maxLength) }
    }
    wrapQuery = try wrapping(directory.query)
    wrapPassage = try wrapping(directory.passage)
    sampling = data.sampling(seed: seed)
    fixedSampling = data.fixedSampling(seed: seed)
  }

  /// Batches to train on, or with `fixed` passages to validate on.
  func builder(_ records: RecordSet, fixed: Bool = false) -> BatchBuilder {
    BatchBuilder(
      set: records,
      sampling: fixed ? fixedSampling : sampling,
      wrapQuery: wrapQuery,
      wrapPassage: wrapPassage
    )
  }
}
