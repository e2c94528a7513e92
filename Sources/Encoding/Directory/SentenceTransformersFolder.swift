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
    let modules = try JSONNode.file(list).elements().map { (node) throws(FileError) in
      try Module(node)
    }
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
        let pooling = try PoolingModule(try JSONNode.file(folder + "/config.json"))
        settings.pooling = pooling.pooling
        includesPrompt = pooling.includesPrompt
      case "Dense" where isPooled && !isNormalized:
        settings.heads.append(try DenseModule.head(folder))
      case "Normalize" where isPooled: settings.normalize = true
      default: throw failure("step \(module.type) is not supported at this place")
      }
    }
    let promptPath = path + "/config_sentence_transformers.json"
    prompts = exists(promptPath) ? try Prompts(try JSONNode.file(promptPath)) : Prompts()
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
    let path = folder + "/sentence_bert_config.json"
    guard exists(path) else { return }
    let stored = try JSONNode.file(path)
    settings.maxLength = try stored["max_seq_length"]?.integer(in: 1...Int.max)
    settings.lowercasesText = try stored["do_lower_case"]?.flag() ?? false
  }
}

/// A step of `modules.json`.
private struct Module {
  let path: String
  /// The class with its module: `sentence_transformers.models.Pooling`.
  let type: String

  init(_ node: JSONNode) throws(FileError) {
    path = try node.required("path").text()
    type = try node.required("type").text()
  }

  /// The class alone.
  var kind: Substring { type.split(separator: ".").last ?? "" }
}

/// The pooling's `config.json`, in the older form with a flag per mode and in the newer one.
private struct PoolingModule {
  let pooling: Pooling
  let includesPrompt: Bool

  private static let flags: [(name: String, mode: String)] = [
    ("pooling_mode_cls_token", "cls"), ("pooling_mode_mean_tokens", "mean"),
    ("pooling_mode_lasttoken", "lasttoken"), ("pooling_mode_max_tokens", "max"),
    ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"),
    ("pooling_mode_weightedmean_tokens", "weightedmean"),
  ]

  init(_ values: JSONNode) throws(FileError) {
    includesPrompt = try values["include_prompt"]?.flag() ?? true
    let modes = try Self.modes(values)
    guard modes.count == 1, let pooling = Pooling(name: modes[0]) else {
      let found = modes.isEmpty ? "no mode" : modes.joined(separator: " and ")
      throw values.refused(
        "pooling_mode",
        "\(found) is not supported, only one of cls, mean, lasttoken"
      )
    }
    self.pooling = pooling
  }

  private static func modes(_ values: JSONNode) throws(FileError) -> [String] {
    guard let modes = values["pooling_mode"] else {
      var set: [String] = []
      for (name, mode) in flags where try values[name]?.flag() == true { set.append(mode) }
      return set
    }
    guard modes.value.list != nil else { return [try modes.text()] }
    return try modes.elements().map { (mode) throws(FileError) in try mode.text() }
  }
}

/// The `config.json` of a linear layer.
private struct DenseModule {
  let inputs: Int
  let outputs: Int
  let hasBias: Bool
  let function: HeadDescription.Function

  init(_ values: JSONNode) throws(FileError) {
    inputs = try values.integer("in_features", in: 1...1 << 16)
    outputs = try values.integer("out_features", in: 1...1 << 16)
    hasBias = try values["bias"]?.flag() ?? true
    let name = try values["activation_function"]?.text()
    switch name?.split(separator: ".").last {
    case "Identity": function = .identity
    case "Tanh", nil: function = .tanh
    case let other?:
      throw values.refused("activation_function", "\(other) is neither Identity nor Tanh")
    }
    let residual = try values["use_residual"]?.flag() ?? false
    guard !residual else { throw values.refused("use_residual", "residuals are not supported") }
  }

  static func head(_ folder: String) throws(FileError) -> HeadDescription {
    let path = folder + "/config.json"
    let dense = try DenseModule(try JSONNode.file(path))
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
private struct Prompts {
  private var named: [String: String] = [:]
  private var standard: String?

  init() {}

  init(_ values: JSONNode) throws(FileError) {
    if let prompts = values["prompts"] {
      for member in try prompts.members() {
        named[member.name] = member.value == .null ? "" : try prompts.node(of: member).text()
      }
    }
    standard = try values["default_prompt_name"]?.text()
  }

  var isEmpty: Bool { named.values.allSatisfy(\.isEmpty) }

  /// The prompt of a side, under the names that sentence-transformers tries.
  func prompt(for side: TextSide) -> String? {
    let names = side == .query ? ["query"] : ["document", "passage", "corpus"]
    let name = names.first { named[$0] != nil } ?? standard
    let prompt = name.flatMap { named[$0] } ?? ""
    return prompt.isEmpty ? nil : prompt
  }
}
