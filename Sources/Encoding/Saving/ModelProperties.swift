package import VectorCore

/// What the folder of a model says beside the weights of its transformers.
public struct ModelProperties: Sendable, Equatable {
  /// What is stored about the texts of one side.
  public struct Side: Sendable, Equatable {
    /// The most tokens of a text, special ones included.
    public var maxLength: Int
    /// How a text is made of a record; `nil` where it is not said.
    public var template: String?
    /// What stands before every text.
    public var prompt: String?

    /// Describes the texts of one side.
    public init(maxLength: Int, template: String? = nil, prompt: String? = nil) {
      self.maxLength = maxLength
      self.template = template
      self.prompt = prompt
    }
  }

  /// Whether queries and passages share one encoder.
  public var isTied: Bool
  /// How a vector is made of states; `nil` for a T5 whose decoder makes it.
  public var pooling: Pooling?
  /// Whether vectors have length 1.
  public var normalize: Bool
  /// The texts of queries.
  public var query: Side
  /// The texts of passages.
  public var passage: Side
  /// What else is to stand in `openmatch_config.json`, by names that OpenMatch does not know.
  package var additions: [JSONMember] = []

  /// The settings of a folder as it was opened, with what was asked for beyond it.
  public init(of directory: ModelDirectory) {
    isTied = directory.isTied
    pooling = directory.passage.pooling
    normalize = directory.passage.normalize
    query = Side(of: directory.query)
    passage = Side(of: directory.passage)
  }

  /// The texts of one side.
  public subscript(side: TextSide) -> Side { side == .query ? query : passage }
}

extension ModelProperties.Side {
  fileprivate init(of encoder: EncoderDescription) {
    self.init(
      maxLength: encoder.maxLength,
      template: encoder.template,
      prompt: encoder.prompt
    )
  }
}
