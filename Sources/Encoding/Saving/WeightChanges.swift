internal import Torch

/// Values that take the place of a model's stored ones when it is saved.
public struct WeightChanges: Sendable {
  /// The transformer's tensors, by their names in its file.
  var transformer: [String: Tensor] = [:]
  /// The tensors of the linear layers, `weight` and `bias`, by the layers' order.
  var heads: [[String: Tensor]] = []

  /// Changes nothing.
  public init() {}

  /// Takes what training has made of a model's parameters.
  ///
  /// - Parameter parameters: all of a ``TextModel``, in their order.
  /// - Throws: `TorchError`.
  public init(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      for (name, tensor) in try parameter.split(parameter.tensor) {
        switch name {
        // The layers' files have these names alone, each file the same; a weight comes first.
        case "linear.weight": heads.append(["weight": tensor])
        case "linear.bias" where !heads.isEmpty: heads[heads.count - 1]["bias"] = tensor
        default: transformer[name] = tensor
        }
      }
    }
  }
}
