internal import Torch
internal import VectorCore

/// OpenMatch's layout: one transformer with its linear layer in the folder itself, or two of both in
/// folders of their own, and `openmatch_config.json`. Lengths, templates and what a T5 represents by
/// stand there under the names of OpenMatch's flags, which it does not read.
extension ModelWriter {
  func writeOpenMatch(_ folder: String) throws {
    try checkOpenMatch()
    if properties.isTied {
      try writeTransformer(.passage, to: folder)
      try writeHead(.passage, to: folder)
    } else {
      for side in TextSide.allCases {
        let part = "\(folder)/\(side.rawValue)_model"
        try Folder.create(part)
        try writeTransformer(side, to: part)
        let head = "\(folder)/\(side.rawValue)_head"
        if !source.encoder(for: side).heads.isEmpty {
          try Folder.create(head)
          try writeHead(side, to: head)
        }
      }
      // OpenMatch looks for the one tokenizer here.
      try Tokenizers.copy(from: source.passage.tokenizerFolder, to: folder)
    }
    try openMatchConfiguration().write(to: folder + "/openmatch_config.json")
  }

  private func checkOpenMatch() throws(FileError) {
    for side in TextSide.allCases {
      let encoder = source.encoder(for: side)
      let isPlain = encoder.heads.allSatisfy { !$0.hasBias && $0.function == .identity }
      guard encoder.heads.count <= 1, isPlain else {
        throw refused(
          .openMatch,
          "several linear layers, biases, or functions behind them",
          "use sentence-transformers"
        )
      }
      guard !encoder.lowercasesText else {
        throw refused(.openMatch, "texts that are lower-cased", "use sentence-transformers")
      }
      guard properties[side].prompt == nil || properties[side].template != nil else {
        throw refused(
          .openMatch,
          "prompts",
          "use sentence-transformers, or give a template that begins with the prompt"
        )
      }
    }
  }

  private func writeHead(_ side: TextSide, to folder: String) throws {
    for (description, linear) in try heads(side) {
      try TorchCheckpointWriter.write(
        [("linear.weight", linear.weight)],
        to: folder + "/linear.pt"
      )
      try JSON.object([
        JSONMember("input_dim", .number("\(description.inputs)")),
        JSONMember("output_dim", .number("\(description.outputs)")),
      ])
      .write(to: folder + "/head_config.json")
    }
  }

  private func openMatchConfiguration() -> JSON {
    let query = transformer(.query).className
    let passage = transformer(.passage).className
    // OpenMatch's own writer names one class, its reader of untied models wants two.
    let classes = [
      JSONMember("type", .text(passage)),
      JSONMember("lm_q_type", .text(query)),
      JSONMember("lm_p_type", .text(passage)),
    ]
    var members = [
      JSONMember("tied", .flag(properties.isTied)),
      JSONMember(
        "plm_backbone",
        .object(classes + [JSONMember("feature", .text("last_hidden_state"))])
      ),
      JSONMember("pooling", .text((properties.pooling ?? .first).rawValue)),
      JSONMember("linear_head", .flag(!source.passage.heads.isEmpty)),
      JSONMember("normalize", .flag(properties.normalize)),
      JSONMember("q_max_len", .number("\(properties.query.maxLength)")),
      JSONMember("p_max_len", .number("\(properties.passage.maxLength)")),
    ]
    if case .t5 = source.passage.backbone.layers {
      members.append(JSONMember("encoder_only", .flag(properties.pooling != nil)))
    }
    for (name, side) in [
      ("query_template", properties.query), ("doc_template", properties.passage),
    ] {
      guard let template = side.template else { continue }
      members.append(JSONMember(name, .text(Self.escaped(side.prompt ?? "") + template)))
    }
    return .object(members + properties.additions)
  }

  /// Text as a part of a template, where `<` begins a marker.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if character == "<" || character == "\\" { result += "\\" }
      result.append(character)
    }
  }
}
