/// What the caller asks of a model beyond what its folder says; `nil` leaves it to the folder.
///
/// A value that contradicts a stored one is an error, since the model was trained with the stored
/// one. Only lengths may differ from the stored ones.
public struct ModelOptions: Sendable {
  /// How a vector is made of states; `first` where nobody says.
  public var pooling: Pooling?
  /// Whether vectors get length 1; `false` where nobody says.
  public var normalize: Bool?
  /// Whether a T5 model represents texts by its encoder's states, pooled, and not by its decoder's
  /// first state; `false` where nobody says and there is a decoder.
  public var encoderOnly: Bool?
  /// A linear layer that training adds behind the pooling.
  public var addedHead: AddedHead?
  /// The most tokens of a query, special ones included.
  public var queryMaxLength: Int?
  /// The most tokens of a passage, special ones included.
  public var passageMaxLength: Int?

  /// A linear layer without bias that begins with random weights.
  public struct AddedHead: Sendable {
    /// The length of the vectors that it takes: the transformer's.
    public let inputs: Int
    /// The length of the vectors that it makes.
    public let outputs: Int
    /// Where the weights come from.
    public let seed: UInt64

    /// Describes a layer.
    public init(inputs: Int, outputs: Int, seed: UInt64) {
      self.inputs = inputs
      self.outputs = outputs
      self.seed = seed
    }
  }

  /// Leaves everything to the folder.
  public init() {}

  /// The most tokens of a text of one side.
  func maxLength(of side: TextSide) -> Int? {
    switch side {
    case .query: queryMaxLength
    case .passage: passageMaxLength
    }
  }
}
