public import Torch

/// A tensor that training changes, and what it is called in files of weights.
public struct Parameter: Sendable {
  /// Some rows of a parameter, which files hold as a tensor of their own.
  public struct Part: Sendable, Equatable {
    /// The name in the file.
    public let name: String
    /// The rows along the first dimension.
    public let rows: Range<Int>
  }

  /// The values; operations on them are recorded for gradients.
  public let tensor: Tensor
  /// The tensors of the file that make up this one, from its first row to its last.
  public let parts: [Part]

  /// Whether weight decay applies: not to biases, nor to the weights of norms.
  public var decays: Bool {
    tensor.rank > 1 && !parts.contains { $0.name.contains("bias") }
  }

  /// The tensors of this shape as files hold them, by their names.
  ///
  /// - Parameter tensor: the values, or something else of their shape, such as a moment.
  /// - Returns: views, from the first row to the last.
  /// - Throws: `TorchError`.
  public func split(_ tensor: Tensor) throws -> [(name: String, tensor: Tensor)] {
    guard parts.count > 1 else { return [(parts[0].name, tensor)] }
    return try parts.map { part in
      (part.name, try tensor.narrow(0, start: part.rows.lowerBound, length: part.rows.count))
    }
  }
}

/// Collects the parameters of a model while it is read.
final class ParameterList {
  private(set) var parameters: [Parameter] = []

  /// Makes parts that were read one parameter.
  ///
  /// - Parameter parts: the tensors of a file with their names, whose rows are to stand one below
  ///   the other.
  /// - Returns: a tensor of its own memory, recorded for gradients.
  /// - Throws: `TorchError`.
  func add(_ parts: [(name: String, tensor: Tensor)]) throws -> Tensor {
    let tensor = try parts.count == 1 ? parts[0].tensor.cloned() : Tensor.cat(parts.map(\.tensor))
    try tensor.setRequiresGradient()
    var rows = 0
    let named = parts.map { part in
      rows += part.tensor.shape[0]
      return Parameter.Part(name: part.name, rows: rows - part.tensor.shape[0]..<rows)
    }
    parameters.append(Parameter(tensor: tensor, parts: named))
    return tensor
  }
}
