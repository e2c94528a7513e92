internal import VectorCore

/// Reads folders of sentence-transformers: `modules.json` lists the steps and their folders.
struct SentenceTransformersFolder {
  /// The transformer's folder.
  private(set) var transformer: String
  /// What pooling, linear layers, normalization and lengths are stored; without prompts.
  private(set) var settings: StoredSettings
  private let prompts: Prompts

  /// Reads `modules.json` and what it refers to.
  ///
  /// - Throws: ``FileError`` for files that are missing or malformed, and for steps that are not
  ///   supported.
  init(_ path: String) throws(FileError) {
    let list = path + "/modules.json"
    let modules = try JSONFile.decode([Module].self, from: list)
    func failure(_ reason: String) -> FileError {
      FileError(
        .badData,
        path: list,
        reason: reason,
        remedy: "supported are a Transformer, a Pooling, Dense layers and Normalize in this order"
      )
    }
    guard modules.first?.kind == "Transformer" else {
      throw failure("the first step is no Transformer")
    }
    transformer = path
    settings = StoredSettings(path: list, normalize: false, encoderOnly: true)
    var includesPrompt = true
    for module in modules {
      let folder = module.path.isEmpty ? path : path + "/" + module.path
      let isPooled = settings.pooling != nil
      let isNormalized = settings.normalize == true
      switch module.kind {
      case "Transformer" where !isPooled:
        transformer = folder
        try Self.readLength(folder, into: &settings)
      case "Pooling" where !isPooled:
        let pooling = try JSONFile.decode(PoolingModule.self, from: folder + "/config.json")
        settings.pooling = pooling.pooling
        includesPrompt = pooling.includesPrompt
      case "Dense" where isPooled && !isNormalized:
        settings.heads.append(try DenseModule.head(folder))
      case "Normalize" where isPooled: settings.normalize = true
      default: throw failure("step \(module.type) is not supported at this place")
      }
    }
    let promptPath = path + "/config_sentence_transformers.json"
    let prompts =
      exists(promptPath) ? try JSONFile.decode(Prompts.self, from: promptPath) : Prompts()
    self.prompts = prompts
    guard settings.pooling != nil else { throw failure("there is no Pooling") }
    guard includesPrompt || prompts.isEmpty else {
      throw failure("prompts are to be left out of the pooling, which is not supported")
    }
  }

  /// The settings with the prompt of one side.
  func settings(for side: TextSide) -> StoredSettings {
    var settings = settings
    settings.prompt = prompts.prompt(for: side)
    return settings
  }

  private static func readLength(
    _ folder: String,
    into settings: inout StoredSettings
  ) throws(FileError) {
    struct Length: Decodable {
      let maxSeqLength: Int?
      let doLowerCase: Bool?

      private enum CodingKeys: String, CodingKey {
        case maxSeqLength = "max_seq_length"
        case doLowerCase = "do_lower_case"
      }
    }
    let path = folder + "/sentence_bert_config.json"
    guard exists(path) else { return }
    let stored = try JSONFile.decode(Length.self, from: path)
    guard stored.maxSeqLength.map({ $0 > 0 }) ?? true else {
      throw FileError(
        .badData,
        path: path,
        place: "key 'max_seq_length'",
        reason: "it is not positive",
        remedy: "give a number of tokens or null"
      )
    }
    settings.maxLength = stored.maxSeqLength
    settings.lowercasesText = stored.doLowerCase ?? false
  }
}

/// A step of `modules.json`.
private struct Module: Decodable {
  let path: String
  /// The class with its module: `sentence_transformers.models.Pooling`.
  let type: String

  /// The class alone.
  var kind: Substring { type.split(separator: ".").last ?? "" }
}

/// The pooling's `config.json`, in the older form with a flag per mode and in the newer one.
private struct PoolingModule: Decodable {
  let pooling: Pooling
  let includesPrompt: Bool

  private static let flags: [(key: AnyKey, mode: String)] = [
    ("pooling_mode_cls_token", "cls"), ("pooling_mode_mean_tokens", "mean"),
    ("pooling_mode_lasttoken", "lasttoken"), ("pooling_mode_max_tokens", "max"),
    ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"),
    ("pooling_mode_weightedmean_tokens", "weightedmean"),
  ]

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: AnyKey.self)
    includesPrompt = try values.decodeIfPresent(Bool.self, forKey: "include_prompt") ?? true
    let key: AnyKey = "pooling_mode"
    var modes: [String] = []
    if values.contains(key) {
      let several = try? values.decode([String].self, forKey: key)
      modes = try several ?? [values.decode(String.self, forKey: key)]
    } else {
      for (key, mode) in Self.flags where try values.decodeIfPresent(Bool.self, forKey: key) == true
      {
        modes.append(mode)
      }
    }
    guard modes.count == 1, let pooling = Pooling(name: modes[0]) else {
      let found = modes.isEmpty ? "no mode" : modes.joined(separator: " and ")
      throw values.refused(key, "\(found) is not supported, only one of cls, mean, lasttoken")
    }
    self.pooling = pooling
  }
}

/// The `config.json` of a linear layer.
private struct DenseModule: Decodable {
  let inputs: Int
  let outputs: Int
  let hasBias: Bool
  let function: HeadDescription.Function

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: AnyKey.self)
    inputs = try values.integer("in_features", in: 1...1 << 16)
    outputs = try values.integer("out_features", in: 1...1 << 16)
    hasBias = try values.decodeIfPresent(Bool.self, forKey: "bias") ?? true
    let name = try values.decodeIfPresent(String.self, forKey: "activation_function")
    switch name?.split(separator: ".").last {
    case "Identity": function = .identity
    case "Tanh", nil: function = .tanh
    case let other?:
      throw values.refused("activation_function", "\(other) is neither Identity nor Tanh")
    }
    let residual = try values.decodeIfPresent(Bool.self, forKey: "use_residual") ?? false
    guard !residual else { throw values.refused("use_residual", "residuals are not supported") }
  }

  static func head(_ folder: String) throws(FileError) -> HeadDescription {
    let path = folder + "/config.json"
    let dense = try JSONFile.decode(DenseModule.self, from: path)
    let safe = folder + "/model.safetensors"
    return HeadDescription(
      inputs: dense.inputs,
      outputs: dense.outputs,
      hasBias: dense.hasBias,
      function: dense.function,
      configuration: path,
      source: .file(exists(safe) ? safe : folder + "/pytorch_model.bin")
    )
  }
}

/// The prompts of `config_sentence_transformers.json`.
private struct Prompts: Decodable {
  private var named: [String: String?]?
  private var standard: String?

  private enum CodingKeys: String, CodingKey {
    case named = "prompts"
    case standard = "default_prompt_name"
  }

  init() {}

  var isEmpty: Bool { named?.values.allSatisfy { ($0 ?? "").isEmpty } ?? true }

  /// The prompt of a side, under the names that sentence-transformers tries.
  func prompt(for side: TextSide) -> String? {
    let names = side == .query ? ["query"] : ["document", "passage", "corpus"]
    let name = names.first { named?[$0] != nil } ?? standard
    let prompt = name.flatMap { named?[$0] ?? nil } ?? ""
    return prompt.isEmpty ? nil : prompt
  }
}
