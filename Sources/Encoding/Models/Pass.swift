internal import Torch

/// How layers compute: in which type, and what they drop.
struct Pass {
  /// The type of states; weights are converted where theirs is another.
  var dtype: DType
  /// What is dropped of states and attention; nothing outside of training.
  var dropout = Dropout.none
}

/// The probabilities with which a model was configured to drop values in training (Srivastava and
/// others, 2014).
struct Dropout: Sendable, Equatable {
  /// Of a state's elements.
  let hidden: Double
  /// Of attention's weights.
  let attention: Double

  static let none = Dropout(hidden: 0, attention: 0)

  /// Drops elements of states.
  func callAsFunction(_ states: Tensor) throws -> Tensor {
    hidden > 0 ? try states.dropout(hidden) : states
  }
}

extension Tensor {
  /// This in another's type.
  func inType(of other: Tensor) throws -> Tensor { try inType(other.dtype) }

  /// This in a type; itself where it has it.
  func inType(_ dtype: DType) throws -> Tensor { self.dtype == dtype ? self : try to(dtype) }
}
