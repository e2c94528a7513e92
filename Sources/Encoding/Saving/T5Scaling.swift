internal import Torch
internal import VectorCore

/// Makes the weights of a T5 smaller where its states grow beyond what half precision holds, so that
/// its vectors stay the same.
///
/// What a layer adds to the states, and the vocabulary's vectors with which they begin, become a
/// hundredth; each layer first divides by the states' root mean square, so that nothing else
/// notices. In a feed-forward layer both matrices become a tenth: the first of version 1.0, behind
/// which stands a ReLU, or the ungated one of version 1.1 and mT5, since a GELU is not homogeneous.
/// The norms' epsilon becomes a ten-thousandth, for it is added to squares.
public enum T5Scaling {
  /// The name under which `config.json` says that the weights are scaled.
  static let key = "scaled"

  /// The largest difference of vectors before and after, relative to their largest value.
  public static let tolerance: Float = 1e-3

  /// Writes a scaled copy of a model's folder, in the same layout.
  ///
  /// Vectors of random texts are compared before the copy appears.
  ///
  /// - Parameters:
  ///   - source: a T5, with or without decoder.
  ///   - path: the new folder.
  ///   - threads: how many work while vectors are compared.
  /// - Returns: the difference of the vectors, relative to their largest value.
  /// - Throws: ``FileError`` for other models, for ones that are scaled, and where the vectors differ
  ///   by more than ``tolerance``; `TorchError`.
  public static func scale(
    _ source: ModelDirectory,
    to path: String,
    threads: Int
  ) throws -> Float {
    try TorchLibrary.shared().setThreadCount(threads)
    var writer = ModelWriter(source)
    for side in TextSide.allCases {
      let encoder = source.encoder(for: side)
      guard case .t5(let configuration) = encoder.backbone.layers else {
        throw FileError(
          .usage,
          path: encoder.folder,
          reason: "is a \(encoder.modelType) model; only T5 models are scaled",
          remedy: "train it in bf16, or as it is"
        )
      }
      guard try !isScaled(encoder) else {
        throw FileError(
          .usage,
          path: encoder.folder,
          reason: "is scaled already",
          remedy: "use it as it is"
        )
      }
      writer.changes[side] = try changes(of: encoder)
      // One configuration serves both sides: their files are of one kind of model.
      writer.configuration = [
        JSONMember(key, .flag(true)),
        JSONMember("layer_norm_epsilon", .number("\(configuration.epsilon / 1e4)")),
        JSONMember("torch_dtype", .text("float32")),
      ]
    }
    var worst: Float = 0
    try writer.write(to: path, as: source.layout) { folder in
      worst = try difference(source, ModelDirectory.open(folder))
      guard worst <= tolerance else {
        throw FileError(
          .internal,
          path: source.path,
          reason: "scaling changes the vectors by \(worst) of their largest value",
          remedy: "keep the model as it is; nothing was written"
        )
      }
    }
    return worst
  }

  /// Whether an encoder's configuration says that its weights are scaled.
  ///
  /// - Throws: ``FileError`` where it cannot be read.
  static func isScaled(_ encoder: EncoderDescription) throws(FileError) -> Bool {
    try JSON.contents(of: encoder.folder + "/config.json")[key] == .flag(true)
  }

  /// What a tensor of the bare model is divided by; `nil` for those that stay.
  static func divisor(of name: String) -> Double? {
    let parts = name.split(separator: ".").dropLast()
    switch parts.last {
    case "shared", "embed_tokens", "o": return 100
    case "wi", "wi_1", "wo": return 10
    default: return nil
    }
  }

  private static func changes(of encoder: EncoderDescription) throws -> WeightChanges {
    var changes = WeightChanges()
    let weights = try Weights.open(folder: encoder.folder)
    for name in weights.names {
      guard let divisor = divisor(of: name), let stored = weights[name] else { continue }
      // Single precision, whatever the file's: small numbers lose digits in half.
      let reader = WeightReader(weights, dtype: .float32, device: .cpu)
      changes.transformer[name] = try reader.tensor(name, stored.shape) / divisor
    }
    return changes
  }

  /// The difference of two models' vectors, of random tokens and several lengths.
  private static func difference(_ one: ModelDirectory, _ other: ModelDirectory) throws -> Float {
    var generator = SplitMix64(seed: 42)
    var worst: Float = 0
    for side in TextSide.allCases {
      let encoder = one.encoder(for: side)
      var batch = TokenBatch()
      for length in [1, 2, 5, 16, 64] {
        let length = min(length, encoder.maxLength)
        batch.append(
          (0..<length).map { _ in
            Int32.random(in: 0..<Int32(clamping: encoder.vocabularyCount), using: &generator)
          }
        )
      }
      let before = try TextModel(one, side: side).encode(batch)
      let after: [Float]
      do {
        after = try TextModel(other, side: side).encode(batch)
      } catch EncodingError.notFinite {
        return .infinity
      }
      let largest = before.map(abs).max() ?? 0
      let difference = zip(before, after).map { abs($0 - $1) }.max() ?? 0
      worst = max(worst, difference / max(largest, .leastNormalMagnitude))
    }
    return worst
  }
}
