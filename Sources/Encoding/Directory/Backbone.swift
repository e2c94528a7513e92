internal import VectorCore

/// The transformer of a model, from the `config.json` in its folder.
struct Backbone: Sendable, Equatable {
  /// The two kinds of layers.
  enum Layers: Sendable, Equatable {
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
    let configuration = try JSONNode.file(folder + "/config.json")
    modelType = try configuration.required("model_type").text()
    switch modelType {
    case "bert", "roberta", "xlm-roberta", "distilbert":
      layers = .bert(try BERTConfiguration(configuration))
    case "t5", "mt5":
      layers = .t5(try T5Configuration(configuration))
    default:
      throw configuration.error(
        about: "model_type",
        "'\(modelType)' is not supported",
        remedy: "supported are " + Self.known.joined(separator: ", ")
      )
    }
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
