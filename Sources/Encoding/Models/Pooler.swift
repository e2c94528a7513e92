internal import Torch
internal import VectorCore

/// From the states of tokens to one vector per text: pooling, linear layers, normalization.
struct Pooler {
  /// `nil` where the states are one per text already.
  let pooling: Pooling?
  let heads: [Head]
  let normalize: Bool

  /// Makes vectors, in single precision.
  ///
  /// - Parameters:
  ///   - states: `[tokens, hidden]`, or `[texts, hidden]` where there is no pooling.
  ///   - groups: which tokens make up texts.
  /// - Returns: `[texts, dimension]`.
  /// - Throws: `TorchError`.
  func callAsFunction(_ states: Tensor, _ groups: [PackedTexts.Group]) throws -> Tensor {
    let pooled = try pooling.map { try $0(states, groups) } ?? states.to(.float32)
    let vectors = try heads.reduce(pooled) { try $1($0) }
    return normalize ? try vectors.normalized() : vectors
  }
}

extension Pooling {
  /// Pools states `[tokens, hidden]` to `[texts, hidden]`, in single precision.
  fileprivate func callAsFunction(
    _ states: Tensor,
    _ groups: [PackedTexts.Group]
  ) throws -> Tensor {
    let pooled = try groups.map { group in
      let block = try states.narrow(0, start: group.rows.lowerBound, length: group.rows.count)
        .reshape([group.count, group.length, -1])
      return switch self {
      case .first: try block.select(1, 0).to(.float32)
      case .mean: try block.to(.float32).mean([1])
      case .last: try block.select(1, group.length - 1).to(.float32)
      }
    }
    return try Tensor.joined(pooled)
  }
}

/// A linear layer behind the pooling, with its function.
struct Head {
  let linear: Linear
  let function: HeadDescription.Function

  /// Reads the weights, in single precision, or begins with random ones.
  ///
  /// - Throws: `FileError` for files and tensors that are missing or have other shapes.
  init(_ description: HeadDescription, device: Device, parameters: ParameterList?) throws {
    function = description.function
    switch description.source {
    case .file(let path):
      linear = try WeightReader(
        Weights(file: path),
        dtype: .float32,
        device: device,
        parameters: parameters
      )
      .linear("linear", description.inputs, description.outputs, bias: description.hasBias)
    case .random(let seed):
      let begin = try Self.uniform(description.inputs, description.outputs, seed, device)
      linear = Linear(
        weight: try parameters?.add([("linear.weight", begin)]) ?? begin,
        bias: nil
      )
    }
  }

  /// A matrix `[outputs, inputs]` with which a linear layer may begin: uniform, up to 1/√inputs on
  /// both sides of 0, as PyTorch has it.
  private static func uniform(
    _ inputs: Int,
    _ outputs: Int,
    _ seed: UInt64,
    _ device: Device
  ) throws -> Tensor {
    var generator = SplitMix64(seed: seed)
    let bound = 1 / Float(inputs).squareRoot()
    let values = (0..<inputs * outputs).map { _ in
      Float.random(in: -bound...bound, using: &generator)
    }
    return try Tensor(values, shape: [outputs, inputs], device: device)
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch function {
    case .identity: try linear(x)
    case .tanh: try linear(x).tanh()
    }
  }
}
