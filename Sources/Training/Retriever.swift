public import Encoding
internal import IndexStore
public import Torch

/// The encoders of queries and passages while they are trained.
public final class Retriever: Sendable {
  /// The folder that the weights came from, and its settings.
  public let directory: ModelDirectory
  /// Whether both sides are one encoder.
  public let isTied: Bool
  /// What a saved model's folder says.
  public let properties: ModelProperties
  let query: TextModel
  let passage: TextModel

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - directory: the model's folder.
  ///   - device: where to compute.
  ///   - dtype: the type in which to compute; weights are single precision all the same.
  ///   - unties: whether queries get an encoder of their own, which begins as the shared one; has no
  ///     meaning where there are two already.
  ///   - properties: what a saved model's folder is to say beside that; `nil` for what this one says.
  /// - Throws: `FileError` for missing or damaged files; `TorchError`.
  public init(
    _ directory: ModelDirectory,
    device: Device,
    dtype: DType = .float32,
    unties: Bool = false,
    properties: ModelProperties? = nil
  ) throws {
    func model(_ side: TextSide) throws -> TextModel {
      try TextModel(directory, side: side, device: device, dtype: dtype, forTraining: true)
    }
    self.directory = directory
    isTied = directory.isTied && !unties
    var properties = properties ?? ModelProperties(of: directory)
    properties.isTied = isTied
    self.properties = properties
    if isTied {
      // One model checks the lengths of both sides' texts: the longer ones decide.
      let longer: TextSide =
        directory.query.maxLength > directory.passage.maxLength ? .query : .passage
      passage = try model(longer)
      query = passage
    } else {
      query = try model(.query)
      passage = try model(.passage)
    }
  }

  /// Where the model computes.
  public var device: Device { passage.device }

  /// The type in which it computes; weights are single precision.
  public var dtype: DType { passage.dtype }

  /// All that training changes, each once.
  public var parameters: [Parameter] {
    isTied ? passage.parameters : query.parameters + passage.parameters
  }

  /// The parameters of one side.
  public func parameters(of side: TextSide) -> [Parameter] {
    side == .query ? query.parameters : passage.parameters
  }

  /// The number of values that training changes.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// Writes the model in OpenMatch's layout, with its transformers in Hugging Face's.
  ///
  /// - Parameters:
  ///   - path: the folder, which appears when it is whole; it is not there, or empty.
  ///   - adding: is called with the folder's name until then, to write more files into it.
  /// - Throws: `FileError` where it cannot be written; `TorchError`; what `adding` throws.
  func write(to path: String, adding: (String) throws -> Void = { _ in }) throws {
    var writer = ModelWriter(directory)
    writer.properties = properties
    let sides: [TextSide] = isTied ? [.passage] : [.query, .passage]
    for side in sides { writer.changes[side] = try WeightChanges(parameters(of: side)) }
    try writer.write(to: path, as: .openMatch, finishing: adding)
  }

  /// The vectors of a batch, recorded for gradients.
  ///
  /// - Returns: `[queries, dimension]` and `[passages, dimension]`.
  /// - Throws: `EncodingError` for texts that the model cannot take; `TorchError`.
  func vectors(
    queries: ArraySlice<[Int32]>,
    passages: ArraySlice<[Int32]>,
    drops: Bool
  ) throws -> (queries: Tensor, passages: Tensor) {
    guard isTied else {
      return (
        try query.vectors(of: TokenBatch(Array(queries)), drops: drops),
        try passage.vectors(of: TokenBatch(Array(passages)), drops: drops)
      )
    }
    let all = try passage.vectors(of: TokenBatch(Array(queries) + Array(passages)), drops: drops)
    return (
      try all.narrow(0, start: 0, length: queries.count),
      try all.narrow(0, start: queries.count, length: passages.count)
    )
  }

  /// The vectors of one side's texts, recorded for gradients where the thread records them.
  func vectors(of texts: ArraySlice<[Int32]>, _ side: TextSide, drops: Bool) throws -> Tensor {
    let model = side == .query ? query : passage
    return try model.vectors(of: TokenBatch(Array(texts)), drops: drops)
  }
}
