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
    configuration = try JSONFile.decode(Configuration.self, from: file)
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
    struct Sizes: Decodable {
      let inputs: Int
      let outputs: Int

      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: AnyKey.self)
        inputs = try values.integer("input_dim", in: 1...1 << 16)
        outputs = try values.integer("output_dim", in: 1...1 << 16)
      }
    }
    let path = folder + "/head_config.json"
    let sizes = try JSONFile.decode(Sizes.self, from: path)
    return HeadDescription(
      inputs: sizes.inputs,
      outputs: sizes.outputs,
      hasBias: false,
      function: .identity,
      configuration: path,
      source: .file(folder + "/linear.pt")
    )
  }
}

/// `openmatch_config.json`, and the lengths and templates that Needletail adds to it under the
/// names of OpenMatch's flags.
private struct Configuration: Decodable {
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

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: AnyKey.self)
    guard !values.contains("pos_token"), !values.contains("neg_token") else {
      throw values.refused("pos_token", "this is a re-ranker, which makes no vectors")
    }
    tied = try values.decode(Bool.self, forKey: "tied")
    hasHead = try values.decodeIfPresent(Bool.self, forKey: "linear_head") ?? false
    normalize = try values.decodeIfPresent(Bool.self, forKey: "normalize") ?? false
    pooling = try values.name("pooling", as: Pooling.self, standard: .first)
    let lengths = 1...1 << 20
    queryLength =
      values.contains("q_max_len") ? try values.integer("q_max_len", in: lengths) : nil
    passageLength =
      values.contains("p_max_len") ? try values.integer("p_max_len", in: lengths) : nil
    queryTemplate = try values.decodeIfPresent(String.self, forKey: "query_template")
    docTemplate = try values.decodeIfPresent(String.self, forKey: "doc_template")
    storedEncoderOnly = try values.decodeIfPresent(Bool.self, forKey: "encoder_only")
    let backbone = try values.nestedContainer(keyedBy: AnyKey.self, forKey: "plm_backbone")
    // OpenMatch writes one class for both sides, but its reader of untied models wants two.
    let shared = try backbone.decodeIfPresent(String.self, forKey: "type")
    queryClass = try backbone.decodeIfPresent(String.self, forKey: "lm_q_type") ?? shared
    passageClass = try backbone.decodeIfPresent(String.self, forKey: "lm_p_type") ?? shared
    let feature = try backbone.decodeIfPresent(String.self, forKey: "feature")
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
