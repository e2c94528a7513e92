internal import VectorCore

/// The parts of a tokenizer as its files give them.
struct TokenizerParts {
  /// The file that names the parts, for errors.
  var path: String
  /// The model's own tokens.
  var vocabulary: Vocabulary
  /// Tokens that are recognized literally.
  var addedTokens: [AddedToken]
  /// What is done to the text.
  var normalizer: Normalizer
  /// The model.
  var segmenter: Segmenter
  /// What stands around a sequence.
  var template: SequenceTemplate
  /// How tokens are shown.
  var decoder: TokenDecoder

  /// The id of a token, of the added ones first.
  func id(of token: [UInt8]) -> Int32? {
    addedTokens.last { $0.content == token }?.id ?? vocabulary.id(of: token)
  }

  /// Adds tokens; one that is there already takes the new properties and keeps its id.
  mutating func add(_ tokens: [AddedToken]) {
    for var token in tokens where !token.content.isEmpty {
      if let place = addedTokens.firstIndex(where: { $0.content == token.content }) {
        token.id = addedTokens[place].id
        addedTokens[place] = token
      } else {
        addedTokens.append(token)
      }
    }
  }
}

/// The names of the special tokens that a family of models uses.
struct SpecialTokenNames {
  var padding: String
  var unknown: String
  var classifier: String?
  var separator: String?
  var mask: String?
  var end: String?

  static let bert = SpecialTokenNames(
    padding: "[PAD]",
    unknown: "[UNK]",
    classifier: "[CLS]",
    separator: "[SEP]",
    mask: "[MASK]"
  )
  static let roberta = SpecialTokenNames(
    padding: "<pad>",
    unknown: "<unk>",
    classifier: "<s>",
    separator: "</s>",
    mask: "<mask>"
  )
  static let t5 = SpecialTokenNames(padding: "<pad>", unknown: "<unk>", end: "</s>")

  /// The names with the settings' names of these tokens.
  var named: [(setting: String, name: String)] {
    [
      ("pad_token", padding), ("unk_token", unknown), ("cls_token", classifier),
      ("sep_token", separator), ("mask_token", mask), ("eos_token", end),
    ].compactMap { setting, name in name.map { (setting, $0) } }
  }
}

extension TokenizerConfiguration {
  /// The special tokens of a directory that has only a vocabulary, as added tokens.
  ///
  /// - Parameters:
  ///   - names: of the family; the settings may name others.
  ///   - vocabulary: the model's tokens.
  ///   - path: the vocabulary's file, for errors.
  /// - Returns: by the settings' names.
  /// - Throws: ``FileError`` where one is not in the vocabulary.
  func specialTokens(
    _ names: SpecialTokenNames,
    in vocabulary: Vocabulary,
    path: String
  ) throws(FileError) -> [String: AddedToken] {
    var tokens: [String: AddedToken] = [:]
    for (setting, name) in names.named {
      let content = try specialTokenText(setting) ?? Array(name.utf8)
      let added = try addedTokens().last { $0.content == content }
      guard let id = vocabulary.id(of: content) ?? added?.id else {
        throw FileError(
          .badData,
          path: path,
          reason: "lacks the special token '\(String(decoding: content, as: UTF8.self))'",
          remedy: "get the file again, or name the \(setting) in tokenizer_config.json"
        )
      }
      var token = AddedToken(content: content, id: id, isSpecial: true)
      if let node = try specialToken(setting), node["content"] != nil {
        token = try AddedToken(node, id: id)
        token.isSpecial = true
      }
      tokens[setting] = token
    }
    return tokens
  }
}
