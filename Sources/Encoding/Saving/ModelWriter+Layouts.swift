internal import Torch
internal import VectorCore

/// The layout of sentence-transformers, and the bare one of Hugging Face.
extension ModelWriter {
  func writeSentenceTransformers(_ folder: String) throws {
    let layout = ModelDirectory.Layout.sentenceTransformers
    guard properties.isTied else {
      throw refused(layout, "two encoders", "use openmatch")
    }
    guard let pooling = properties.pooling else {
      throw refused(layout, "a decoder's state", "use openmatch")
    }
    try writeTransformer(.passage, to: folder)
    var modules = Modules(folder: folder)
    modules.add("Transformer", at: "")
    let place = try modules.add("Pooling")
    try poolingModule(pooling).write(to: place + "/config.json")
    for (description, linear) in try heads(.passage) {
      let place = try modules.add("Dense")
      try denseModule(description).write(to: place + "/config.json")
      var tensors = ["linear.weight": SafetensorsWriter.Content.tensor(linear.weight)]
      tensors["linear.bias"] = linear.bias.map { .tensor($0) }
      try SafetensorsWriter.write(tensors, to: place + "/model.safetensors")
    }
    if properties.normalize { try modules.add("Normalize") }
    try modules.json.write(to: folder + "/modules.json")
    try JSON.object([
      // One length for both sides: none is cut more than it was.
      JSONMember(
        "max_seq_length",
        .number("\(max(properties.query.maxLength, properties.passage.maxLength))")
      ),
      JSONMember("do_lower_case", .flag(source.passage.lowercasesText)),
    ])
    .write(to: folder + "/sentence_bert_config.json")
    let prompts = [("query", properties.query.prompt), ("document", properties.passage.prompt)]
    try JSON.object([
      JSONMember(
        "prompts",
        .object(prompts.compactMap { name, prompt in prompt.map { JSONMember(name, .text($0)) } })
      ),
      JSONMember("default_prompt_name", .null),
      JSONMember("similarity_fn_name", .text(properties.normalize ? "cosine" : "dot")),
    ])
    .write(to: folder + "/config_sentence_transformers.json")
  }

  func writeHuggingFace(_ folder: String) throws {
    let layout = ModelDirectory.Layout.huggingFace
    guard properties.isTied else {
      throw refused(layout, "two encoders", "use openmatch")
    }
    guard source.passage.heads.isEmpty else {
      throw refused(layout, "linear layers", "use openmatch or sentence-transformers")
    }
    guard properties.query.prompt == nil, properties.passage.prompt == nil else {
      throw refused(layout, "prompts", "use sentence-transformers")
    }
    guard !source.passage.lowercasesText else {
      throw refused(layout, "texts that are lower-cased", "use sentence-transformers")
    }
    try writeTransformer(.passage, to: folder)
  }

  private func poolingModule(_ pooling: Pooling) -> JSON {
    let modes: [(String, Bool)] = [
      ("cls_token", pooling == .first), ("mean_tokens", pooling == .mean),
      ("max_tokens", false), ("mean_sqrt_len_tokens", false), ("weightedmean_tokens", false),
      ("lasttoken", pooling == .last),
    ]
    return .object(
      [JSONMember("word_embedding_dimension", .number("\(source.passage.backbone.hidden)"))]
        + modes.map { JSONMember("pooling_mode_\($0.0)", .flag($0.1)) }
        + [JSONMember("include_prompt", .flag(true))]
    )
  }

  private func denseModule(_ head: HeadDescription) -> JSON {
    let function =
      switch head.function {
      case .identity: "torch.nn.modules.linear.Identity"
      case .tanh: "torch.nn.modules.activation.Tanh"
      }
    return .object([
      JSONMember("in_features", .number("\(head.inputs)")),
      JSONMember("out_features", .number("\(head.outputs)")),
      JSONMember("bias", .flag(head.hasBias)),
      JSONMember("activation_function", .text(function)),
    ])
  }
}

/// The steps of `modules.json`, each with a folder.
private struct Modules {
  let folder: String
  private var steps: [JSON] = []

  init(folder: String) { self.folder = folder }

  var json: JSON { .list(steps) }

  /// Adds a step whose folder is there.
  mutating func add(_ kind: String, at path: String) {
    steps.append(
      .object([
        JSONMember("idx", .number("\(steps.count)")),
        JSONMember("name", .text("\(steps.count)")),
        JSONMember("path", .text(path)),
        JSONMember("type", .text("sentence_transformers.models.\(kind)")),
      ])
    )
  }

  /// Adds a step, makes its folder and gives the folder's path.
  @discardableResult
  mutating func add(_ kind: String) throws(FileError) -> String {
    let path = "\(steps.count)_\(kind)"
    try Folder.create(folder + "/" + path)
    add(kind, at: path)
    return folder + "/" + path
  }
}
