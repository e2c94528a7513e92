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
  /// The most tokens of a query, special ones included.
  public var queryMaxLength: Int?
  /// The most tokens of a passage, special ones included.
  public var passageMaxLength: Int?

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
