internal import Torch

/// x Wᵀ + b.
struct Linear {
  /// `[outputs, inputs]`.
  let weight: Tensor
  /// `[outputs]`.
  let bias: Tensor?

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.linear(weight.inType(of: x), bias?.inType(of: x))
  }
}

/// Layer normalization (Ba, Kiros and Hinton 2016) over the last dimension.
struct LayerNorm {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.layerNorm(weight.inType(of: x), bias.inType(of: x), epsilon: epsilon)
  }
}

/// T5's normalization: by the root mean square of the last dimension, without mean and bias.
struct RMSNorm {
  let weight: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.rmsNorm(weight.inType(of: x), epsilon: epsilon)
  }
}

extension Activation {
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .gelu: try x.gelu()
    case .geluNew, .geluTanh: try x.gelu(.tanh)
    case .relu: try x.relu()
    }
  }
}
