internal import Torch
public import VectorCore

/// A model whose weights are the mean of several models' weights.
///
/// Checkpoints of one training, trainings that began with the same model, and that model itself lie
/// in one valley of the loss, so that the mean is often better than each of them, above all on texts
/// that are unlike those trained on: "model soups" (Wortsman and others, arXiv:2203.05482), and
/// with the model before training "WiSE-FT" (the same, arXiv:2109.01903). It costs nothing when
/// texts are encoded.
public struct ModelAverage {
  /// What the mean is made of; folder layout, tokenizer and settings are the first one's.
  private let models: [ModelDirectory]
  /// How much each model counts, 1 in all.
  private let shares: [Double]

  /// Prepares a mean.
  ///
  /// - Parameters:
  ///   - models: at least one, with the same layers, pooling and normalization.
  ///   - weights: how much each model counts in proportion to the others, as many as models; finite,
  ///     none below 0 and not all 0. `nil` for the same.
  /// - Throws: ``FileError`` of ``FailureKind/usage`` for a model unlike the first, naming the
  ///   difference.
  public init(of models: [ModelDirectory], weights: [Double]? = nil) throws(FileError) {
    let weights = weights ?? models.map { _ in 1 }
    let sum = weights.reduce(0, +)
    precondition(!models.isEmpty && weights.count == models.count)
    precondition(sum.isFinite && sum > 0 && weights.allSatisfy { $0 >= 0 })
    self.models = models
    shares = weights.map { $0 / sum }
    for model in models.dropFirst() {
      guard let difference = Self.difference(model, models[0]) else { continue }
      throw FileError(
        .usage,
        path: model.path,
        reason: "has another \(difference) than \(models[0].path)",
        remedy: "average models that were trained from the same one"
      )
    }
  }

  /// Writes the model, in single precision and the layout of the first one.
  ///
  /// Linear in the number of values; the memory holds three models.
  ///
  /// - Parameter path: the folder; it is not there, or empty.
  /// - Throws: ``FileError`` where weights are damaged or the folder cannot be written; `TorchError`.
  public func write(to path: String) throws {
    var writer = ModelWriter(models[0])
    let sides: [TextSide] = models[0].isTied ? [.passage] : TextSide.allCases
    for side in sides { writer.changes[side] = try WeightChanges(mean(of: side)) }
    try writer.write(to: path, as: models[0].layout)
  }

  /// The parameters of one side, named as in the first model.
  private func mean(of side: TextSide) throws -> [Parameter] {
    var sums: [Parameter] = []
    for (model, share) in zip(models, shares) {
      let parameters = try TextModel(model, side: side, forTraining: true).parameters
      sums = try withoutGradients {
        try parameters.enumerated().map { place, parameter in
          let scaled = try parameter.tensor * share
          guard sums.indices.contains(place) else {
            return Parameter(tensor: scaled, parts: parameter.parts)
          }
          return Parameter(tensor: try sums[place].tensor + scaled, parts: sums[place].parts)
        }
      }
    }
    return sums
  }

  /// What keeps two models from having a mean; `nil` for nothing.
  private static func difference(_ one: ModelDirectory, _ other: ModelDirectory) -> String? {
    guard one.isTied == other.isTied else { return "number of encoders" }
    for side in TextSide.allCases {
      let (one, other) = (one.encoder(for: side), other.encoder(for: side))
      guard one.backbone == other.backbone else { return "transformer" }
      guard one.pooling == other.pooling else { return "pooling" }
      guard one.normalize == other.normalize else { return "normalization" }
      guard one.heads.elementsEqual(other.heads, by: Self.areAlike) else { return "linear layer" }
    }
    return nil
  }
  private static func areAlike(_ one: HeadDescription, _ other: HeadDescription) -> Bool {
    (one.inputs, one.outputs, one.hasBias, one.function)
      == (other.inputs, other.outputs, other.hasBias, other.function)
  }
}
