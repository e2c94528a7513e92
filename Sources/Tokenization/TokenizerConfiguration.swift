internal import VectorCore

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` of a model
/// directory say; each may be missing.
struct TokenizerConfiguration {
  private let settings: JSONNode?
  private let specials: JSONNode?
  private let added: JSONNode?

  /// Reads the files that are there.
  ///
  /// - Throws: ``FileError`` where one is no JSON.
  init(directory: String) throws(FileError) {
    settings = try Self.optional("\(directory)/tokenizer_config.json")
    specials = try Self.optional("\(directory)/special_tokens_map.json")
    added = try Self.optional("\(directory)/added_tokens.json")
  }

  private static func optional(_ path: String) throws(FileError) -> JSONNode? {
    do throws(FileError) {
      return try JSONNode.file(path)
    } catch {
      guard error.kind == .missingInput else { throw error }
      return nil
    }
  }

  /// Whether there is a `tokenizer_config.json`.
  var hasSettings: Bool { settings != nil }

  /// A setting of `tokenizer_config.json`; `nil` where it is missing or null.
  subscript(name: String) -> JSONNode? { settings?[name] }

  /// What is said about a special token such as "pad_token".
  func specialToken(_ name: String) throws(FileError) -> JSONNode? {
    settings?[name] ?? specials?[name]
  }

  /// The text of a special token such as "pad_token".
  func specialTokenText(_ name: String) throws(FileError) -> [UInt8]? {
    guard let node = try specialToken(name) else { return nil }
    return try (node["content"] ?? node).bytes()
  }

  /// The tokens that the files add to a model's own.
  func addedTokens() throws(FileError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    if let added {
      for member in try added.members() {
        let id = try added.node(of: member).id()
        tokens.append(AddedToken(content: Array(member.name.utf8), id: id))
      }
    }
    guard let decoder = settings?["added_tokens_decoder"] else { return tokens }
    for member in try decoder.members() {
      guard let id = Int32(member.name), (0...Vocabulary.largestID).contains(id) else {
        throw decoder.error("'\(member.name)' is no id")
      }
      tokens.append(try AddedToken(decoder.node(of: member), id: id))
    }
    return tokens
  }
}

extension AddedToken {
  /// Reads the form that `tokenizer.json` and `tokenizer_config.json` share.
  init(_ node: JSONNode, id: Int32) throws(FileError) {
    let isSpecial = try node.flag("special", default: false)
    self.init(
      content: try node.required("content").bytes(),
      id: id,
      isSpecial: isSpecial,
      isNormalized: try node.flag("normalized", default: !isSpecial),
      stripsLeft: try node.flag("lstrip", default: false),
      stripsRight: try node.flag("rstrip", default: false),
      isSingleWord: try node.flag("single_word", default: false)
    )
  }
}
