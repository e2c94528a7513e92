internal import VectorCore

/// Reads folders of OpenMatch: `openmatch_config.json` beside a Hugging Face model, or above two.
struct OpenMatchFolder {
  /// Whether queries and passages share one encoder.
  let isTied: Bool
  private let path: String
  private let configuration: Configuration

  /// Reads `openmatch_config.json`.
  ///
  /// - Throws: ``FileError`` where it is malformed, or describes a re-ranker.
  init(_ path: String) throws(FileError) {
    let file = path + "/openmatch_config.json"
    configuration = try Configuration(try JSONNode.file(file))
    isTied = configuration.tied
    self.path = path
    guard !exists(path + "/delta_model") else {
      throw FileError(
        .badData,
        path: path + "/delta_model",
        reason: "weights that are stored as differences are not supported",
        remedy: "merge them into the model"
      )
    }
  }

  /// The folder of a side's transformer.
  func transformer(for side: TextSide) -> String {
    isTied ? path : "\(path)/\(side.rawValue)_model"
  }

  /// What is stored about a side.
  ///
  /// - Throws: ``FileError`` where the linear layer's description is missing or malformed.
  func settings(for side: TextSide) throws(FileError) -> StoredSettings {
    var settings = StoredSettings(path: path + "/openmatch_config.json")
    settings.pooling = configuration.pooling
    settings.normalize = configuration.normalize
    settings.encoderOnly = configuration.encoderOnly(side)
    settings.maxLength = side == .query ? configuration.queryLength : configuration.passageLength
    settings.template = side == .query ? configuration.queryTemplate : configuration.docTemplate
    if configuration.hasHead {
      settings.heads = [try Self.head(isTied ? path : "\(path)/\(side.rawValue)_head")]
    }
    return settings
  }

  private static func head(_ folder: String) throws(FileError) -> HeadDescription {
    let path = folder + "/head_config.json"
    let sizes = try JSONNode.file(path)
    return HeadDescription(
      inputs: try sizes.integer("input_dim", in: 1...1 << 16),
      outputs: try sizes.integer("output_dim", in: 1...1 << 16),
      hasBias: false,
      function: .identity,
      configuration: path,
      source: .file(folder + "/linear.pt")
    )
  }
}

/// `openmatch_config.json`, and the lengths and templates that Needletail adds to it under the
/// names of OpenMatch's flags.
private struct Configuration {
  let tied: Bool
  let pooling: Pooling
  let hasHead: Bool
  let normalize: Bool
  let queryLength: Int?
  let passageLength: Int?
  let queryTemplate: String?
  let docTemplate: String?
  private let storedEncoderOnly: Bool?
  private let queryClass: String?
  private let passageClass: String?

  init(_ values: JSONNode) throws(FileError) {
    let names = try values.members().map(\.name)
    guard !names.contains("pos_token"), !names.contains("neg_token") else {
      throw values.refused("pos_token", "this is a re-ranker, which makes no vectors")
    }
    tied = try values.required("tied").flag()
    hasHead = try values["linear_head"]?.flag() ?? false
    normalize = try values["normalize"]?.flag() ?? false
    pooling = try values.name("pooling", as: Pooling.self, standard: .first)
    let lengths = 1...1 << 20
    queryLength = try values["q_max_len"]?.integer(in: lengths)
    passageLength = try values["p_max_len"]?.integer(in: lengths)
    queryTemplate = try values["query_template"]?.text()
    docTemplate = try values["doc_template"]?.text()
    storedEncoderOnly = try values["encoder_only"]?.flag()
    let backbone = try values.required("plm_backbone")
    // OpenMatch writes one class for both sides, but its reader of untied models wants two.
    let shared = try backbone["type"]?.text()
    queryClass = try backbone["lm_q_type"]?.text() ?? shared
    passageClass = try backbone["lm_p_type"]?.text() ?? shared
    let feature = try backbone["feature"]?.text()
    guard feature == nil || feature == "last_hidden_state" else {
      throw backbone.refused("feature", "only last_hidden_state is supported")
    }
  }

  /// Whether a T5's encoder represents; `nil` for other models, and where no class is named.
  func encoderOnly(_ side: TextSide) -> Bool? {
    if let storedEncoderOnly { return storedEncoderOnly }
    let name = side == .query ? queryClass : passageClass
    return name.map { $0.contains("Encoder") }
  }
}
