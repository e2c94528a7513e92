/// One encoder as its folder describes it: transformer, pooling, linear layers, normalization.
public struct EncoderDescription: Sendable {
  /// The folder with `config.json` and the weights.
  public let folder: String
  /// The folder with the tokenizer's files.
  public let tokenizerFolder: String
  /// How vectors are made of states; `nil` for a T5 whose decoder makes them.
  public let pooling: Pooling?
  /// Whether vectors have length 1.
  public let normalize: Bool
  /// The most tokens of a text, special ones included.
  public let maxLength: Int
  /// Whether texts are to be lower-cased before they are tokenized.
  public let lowercasesText: Bool
  /// What stands before every text; `nil` for nothing.
  public let prompt: String?
  /// The template that the model was trained with, where its folder says: `<title> <text>`.
  public let template: String?
  let backbone: Backbone
  /// The linear layers behind the pooling, in this order.
  let heads: [HeadDescription]

  /// The kind of transformer by its name in `config.json`: `bert`, `roberta`, `t5`.
  public var modelType: String { backbone.modelType }

  /// The length of the vectors.
  public var dimension: Int { heads.last?.outputs ?? backbone.hidden }

  /// The number of tokens in the vocabulary.
  public var vocabularyCount: Int { backbone.vocabulary }
}

/// A linear layer behind the pooling, as its folder describes it.
struct HeadDescription: Sendable {
  /// The function after the matrix.
  enum Function: Sendable {
    case identity
    case tanh
  }

  /// Where the weights come from.
  enum Source: Sendable {
    /// A file with `linear.weight`, and `linear.bias` where there is one.
    case file(String)
    /// A layer that training adds, without a bias.
    case random(seed: UInt64)
  }

  let inputs: Int
  let outputs: Int
  let hasBias: Bool
  let function: Function
  /// The file that describes the layer, or asks for it.
  let configuration: String
  let source: Source
}
