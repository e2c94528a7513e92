internal import VectorCore

/// Reads a `tokenizer.json` of Hugging Face's `tokenizers`.
///
/// Its sections `truncation` and `padding` are state of whoever saved the file and are ignored:
/// length and padding are the caller's to say. Components other than those of the BERT, RoBERTa and
/// T5 families are refused by name, since leaving one out would give other ids without a word.
struct TokenizerFile {
  let root: JSONNode
  let configuration: TokenizerConfiguration

  /// Reads the file of a directory.
  init(directory: String, configuration: TokenizerConfiguration) throws(FileError) {
    root = try JSONNode.file("\(directory)/tokenizer.json")
    self.configuration = configuration
  }

  /// The parts of the tokenizer.
  ///
  /// - Throws: ``FileError`` that names a component which is broken or not supported.
  func parts() throws(FileError) -> TokenizerParts {
    let model = try root.required("model")
    var added: [AddedToken] = []
    for node in try root["added_tokens"]?.elements() ?? [] {
      added.append(try AddedToken(node, id: try node.required("id").id()))
    }
    let steps = try normalizerSteps(root["normalizer"])
    let (vocabulary, segmenter) = try self.segmenter(model)
    return TokenizerParts(
      path: root.path,
      vocabulary: vocabulary,
      addedTokens: added,
      normalizer: Normalizer(steps: steps),
      segmenter: segmenter,
      template: try PostProcessorNode(root["post_processor"]).template(),
      decoder: try decoder(segmenter)
    )
  }

  func unsupported(_ node: JSONNode, _ what: String) -> FileError {
    node.error(
      "\(what) is not supported",
      remedy: "use a model of the BERT, RoBERTa or T5 family"
    )
  }

  /// The components of a chain: itself, or those of a "Sequence".
  func chain(_ node: JSONNode?, _ list: String) throws(FileError) -> [JSONNode] {
    guard let node else { return [] }
    guard try node.type() == "Sequence" else { return [node] }
    var components: [JSONNode] = []
    for part in try node.required(list).elements() { components += try chain(part, list) }
    return components
  }

  private func normalizerSteps(_ node: JSONNode?) throws(FileError) -> [Normalizer.Step] {
    var steps: [Normalizer.Step] = []
    for node in try chain(node, "normalizers") {
      switch try node.type() {
      case "BertNormalizer": steps.append(.bert(try bertNormalizer(node)))
      case "Precompiled":
        // A null map changes nothing.
        guard let blob = node["precompiled_charsmap"] else { continue }
        guard let bytes = Base64.decode(try blob.bytes()), let map = CharacterMap(bytes) else {
          throw blob.error("is no normalization map")
        }
        steps.append(.characterMap(map))
      case "Strip":
        steps.append(
          .strip(
            left: try node.flag("strip_left", default: true),
            right: try node.flag("strip_right", default: true)
          )
        )
      case "Replace":
        guard try node["pattern"]?["Regex"]?.text() == " {2,}" else {
          throw unsupported(node, "a replacement other than of \" {2,}\"")
        }
        steps.append(.collapseBlanks(to: try node.required("content").bytes()))
      case let type: throw unsupported(node, "the normalizer '\(type)'")
      }
    }
    return steps
  }

  private func bertNormalizer(_ node: JSONNode) throws(FileError) -> BertNormalizer {
    var normalizer = BertNormalizer(
      cleanText: try node.flag("clean_text", default: true),
      padIdeographs: try node.flag("handle_chinese_chars", default: true),
      stripAccents: try node["strip_accents"]?.flag(),
      lowercase: try node.flag("lowercase", default: true)
    )
    try normalizer.apply(configuration)
    return normalizer
  }

  private func decoder(_ segmenter: Segmenter) throws(FileError) -> TokenDecoder {
    switch segmenter {
    case .wordPiece:
      .wordPiece(
        prefix: try root["decoder"]?["prefix"]?.bytes() ?? Array("##".utf8),
        cleansUp: try root["decoder"]?.flag("cleanup", default: true) ?? true
      )
    case .unigram, .sentencePiece: .metaspace
    case .bytePair: .byteLevel
    }
  }
}
