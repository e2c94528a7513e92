internal import VectorCore

/// What a folder says about the steps around a transformer; `nil` where it does not say.
struct StoredSettings {
  /// The file that says so, for messages.
  let path: String
  var pooling: Pooling?
  var normalize: Bool?
  var encoderOnly: Bool?
  var maxLength: Int?
  var lowercasesText = false
  var prompt: String?
  var template: String?
  var heads: [HeadDescription] = []

  /// Settles all values with what the caller asks for.
  ///
  /// - Parameters:
  ///   - folder: the transformer's folder.
  ///   - top: the model's folder, where a tokenizer may lie as well.
  ///   - side: whose length is asked for.
  ///   - options: what the caller asks for.
  /// - Returns: the encoder.
  /// - Throws: ``FileError`` where they contradict each other, or layers do not fit together.
  func encoder(
    folder: String,
    top: String,
    side: TextSide,
    options: ModelOptions
  ) throws(FileError) -> EncoderDescription {
    let backbone = try Backbone(folder: folder)
    let tokenizer = [folder, top].first(where: Self.holdsTokenizer) ?? folder
    var size = backbone.hidden
    var heads = heads
    if let added = options.addedHead {
      guard heads.isEmpty else {
        throw FileError(
          .usage,
          path: path,
          reason: "a linear layer is to be added, but the model has one",
          remedy: "leave it out"
        )
      }
      heads = [
        HeadDescription(
          inputs: added.inputs,
          outputs: added.outputs,
          hasBias: false,
          function: .identity,
          configuration: path,
          source: .random(seed: added.seed)
        )
      ]
    }
    for head in heads {
      guard head.inputs == size else {
        throw FileError(
          .badData,
          path: head.configuration,
          reason: "the layer takes vectors of \(head.inputs), but gets them of \(size)",
          remedy: "take the layer and the transformer of the same model"
        )
      }
      size = head.outputs
    }
    return EncoderDescription(
      folder: folder,
      tokenizerFolder: tokenizer,
      pooling: try settledPooling(of: backbone, options),
      normalize: try settled("normalize", normalize, options.normalize, standard: false),
      maxLength: try settledLength(of: backbone, options.maxLength(of: side), tokenizer),
      lowercasesText: lowercasesText,
      prompt: prompt,
      template: template,
      backbone: backbone,
      heads: heads
    )
  }

  /// The pooling; `nil` for a T5 whose decoder represents.
  private func settledPooling(
    of backbone: Backbone,
    _ options: ModelOptions
  ) throws(FileError) -> Pooling? {
    guard case .t5(let configuration) = backbone.layers else {
      if options.encoderOnly != nil {
        throw FileError(
          .usage,
          path: path,
          reason: "encoder-only is asked for, but a \(backbone.modelType) model has no decoder",
          remedy: "leave it out"
        )
      }
      return try settled("pooling", pooling, options.pooling, standard: .first)
    }
    let stored = encoderOnly ?? (configuration.isEncoderOnly ? true : nil)
    if try settled("encoder-only", stored, options.encoderOnly, standard: false) {
      return try settled("pooling", pooling, options.pooling, standard: .first)
    }
    guard options.pooling == nil else {
      throw FileError(
        .usage,
        path: path,
        reason: "pooling is asked for, but the decoder's first state is the representation",
        remedy: "leave the pooling out, or ask for the encoder only"
      )
    }
    return nil
  }

  /// One value of the stored one and the one asked for, which must not differ.
  private func settled<Value: Equatable>(
    _ name: String,
    _ stored: Value?,
    _ asked: Value?,
    standard: Value
  ) throws(FileError) -> Value {
    if let stored, let asked, stored != asked {
      throw FileError(
        .usage,
        path: path,
        reason: "the model was trained with \(name) = \(stored), but \(asked) is asked for",
        remedy: "leave \(name) out"
      )
    }
    return stored ?? asked ?? standard
  }

  private func settledLength(
    of backbone: Backbone,
    _ asked: Int?,
    _ tokenizer: String
  ) throws(FileError) -> Int {
    let longest = backbone.longestText ?? 1 << 20
    if let asked {
      guard (1...longest).contains(asked) else {
        throw FileError(
          .usage,
          path: path,
          reason: "texts of \(asked) tokens are asked for, but the model takes 1 to \(longest)",
          remedy: "give a length in this range"
        )
      }
      return asked
    }
    if let maxLength { return min(maxLength, longest) }
    return min(try Self.length(tokenizer) ?? backbone.longestText ?? 512, longest)
  }

  /// The length in a tokenizer's configuration.
  private static func length(_ folder: String) throws(FileError) -> Int? {
    let path = folder + "/tokenizer_config.json"
    guard exists(path), let length = try JSONNode.file(path)["model_max_length"]?.number() else {
      return nil
    }
    // A number beyond all integers stands for "no limit".
    return length >= 1 && length < 1e6 ? Int(length) : nil
  }

  private static func holdsTokenizer(_ folder: String) -> Bool {
    ["tokenizer.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model", "vocab.json"]
      .contains { exists(folder + "/" + $0) }
  }
}
