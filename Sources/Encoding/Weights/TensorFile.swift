package import Torch
internal import VectorCore

/// Tensors by their names in a safetensors file, for what is no model: the state of an optimizer.
package struct TensorFile {
  private let weights: Weights

  /// Opens a file; its bytes are read as they are asked for.
  ///
  /// - Throws: `FileError` for a file that is missing or damaged.
  package init(path: String) throws { weights = try Weights(file: path) }

  /// Writes a file, which appears when it is whole.
  ///
  /// - Throws: `FileError` where it cannot be written; `TorchError`.
  package static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
    let contents = tensors.map { ($0.name, SafetensorsWriter.Content.tensor($0.tensor)) }
    try SafetensorsWriter.write(Dictionary(uniqueKeysWithValues: contents), to: path)
  }

  /// Copies a tensor's values into another of its shape.
  ///
  /// - Throws: `FileError` where it is missing or has another shape; `TorchError`.
  package func read(_ name: String, into tensor: Tensor) throws {
    let stored = try WeightReader(weights, dtype: .float32, device: .cpu)
      .tensor(name, tensor.shape)
    try tensor.assign(stored)
  }
}
