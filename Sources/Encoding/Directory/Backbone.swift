internal import VectorCore

/// The transformer of a model, from the `config.json` in its folder.
struct Backbone: Sendable {
  /// The two kinds of layers.
  enum Layers: Sendable {
    case bert(BERTConfiguration)
    case t5(T5Configuration)
  }

  /// The name of the kind in `config.json`: `bert`, `roberta`, `t5`.
  let modelType: String
  let layers: Layers

  /// The kinds whose layers are known.
  private static let known = [
    "bert", "distilbert", "mt5", "roberta", "t5", "xlm-roberta",
  ]

  /// Reads `config.json`.
  ///
  /// - Throws: ``FileError`` where it is missing, malformed, or of a kind that is not known.
  init(folder: String) throws(FileError) {
    struct Kind: Decodable {
      let modelType: String?

      private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
      }
    }
    let path = folder + "/config.json"
    let modelType = try JSONFile.decode(Kind.self, from: path).modelType
    switch modelType {
    case "bert", "roberta", "xlm-roberta", "distilbert":
      layers = .bert(try JSONFile.decode(BERTConfiguration.self, from: path))
    case "t5", "mt5":
      layers = .t5(try JSONFile.decode(T5Configuration.self, from: path))
    default:
      throw FileError(
        .badData,
        path: path,
        place: "key 'model_type'",
        reason: modelType.map { "'\($0)' is not supported" } ?? "this key is missing",
        remedy: "supported are " + Self.known.joined(separator: ", ")
      )
    }
    self.modelType = modelType ?? ""
  }

  /// The size of a token's state.
  var hidden: Int {
    switch layers {
    case .bert(let configuration): configuration.hidden
    case .t5(let configuration): configuration.hidden
    }
  }

  /// The number of tokens in the vocabulary.
  var vocabulary: Int {
    switch layers {
    case .bert(let configuration): configuration.vocabulary
    case .t5(let configuration): configuration.vocabulary
    }
  }

  /// What training drops.
  var dropout: Dropout {
    switch layers {
    case .bert(let configuration): configuration.dropout
    case .t5(let configuration): configuration.dropout
    }
  }

  /// The most tokens of a text that the positions allow; `nil` where they allow any number.
  var longestText: Int? {
    switch layers {
    case .bert(let configuration): configuration.longestText
    case .t5: nil
    }
  }
}
