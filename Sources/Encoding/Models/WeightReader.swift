internal import Torch
internal import VectorCore

/// Reads a model's tensors by names that share a beginning.
struct WeightReader {
  let weights: Weights
  /// The beginning of the names, with its dot.
  let prefix: String
  let dtype: DType
  let device: Device
  /// Gets what training is to change; `nil` where nothing is.
  let parameters: ParameterList?

  /// A reader of names that begin as the one name does that ends in `anchor`.
  ///
  /// Models are saved under names like `bert.embeddings.…` when they stood inside of another.
  ///
  /// - Throws: ``FileError`` where no name, or more than one, ends so.
  func below(anchor: String) throws(FileError) -> WeightReader {
    let found = weights.names.filter { $0 == anchor || $0.hasSuffix("." + anchor) }
    guard found.count == 1 else {
      throw FileError(
        .badData,
        path: weights.path,
        place: "tensor \(anchor)",
        reason: found.isEmpty
          ? "it is missing" : "there are several: \(found.sorted().joined(separator: ", "))",
        remedy: "take config.json and weights of the same model"
      )
    }
    return with(prefix: String(found[0].dropLast(anchor.count)))
  }

  /// Reads weights by their whole names.
  init(_ weights: Weights, dtype: DType, device: Device, parameters: ParameterList? = nil) {
    self.init(
      weights: weights,
      prefix: "",
      dtype: dtype,
      device: device,
      parameters: parameters
    )
  }

  private init(
    weights: Weights,
    prefix: String,
    dtype: DType,
    device: Device,
    parameters: ParameterList?
  ) {
    self.weights = weights
    self.prefix = prefix
    self.dtype = dtype
    self.device = device
    self.parameters = parameters
  }

  private func with(prefix: String) -> WeightReader {
    WeightReader(
      weights: weights,
      prefix: prefix,
      dtype: dtype,
      device: device,
      parameters: parameters
    )
  }

  /// A reader of the names below `name`.
  func below(_ name: String) -> WeightReader { with(prefix: prefix + name + ".") }

  /// Reads a tensor of a shape; one on the host that neither changes nor needs another type stays in
  /// the file.
  ///
  /// - Throws: ``FileError`` where it is missing or has another shape; `TorchError`.
  func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    let stored = existing(prefix + name)
    let tensor = try read(stored, shape)
    return try parameters?.add([(stored, tensor)]) ?? tensor
  }

  /// Reads tensors of a shape as one, whose rows stand one below the other.
  private func tensor(_ names: [String], _ shape: [Int]) throws -> Tensor {
    let parts = try names.map { name in
      let stored = existing(prefix + name)
      return (name: stored, tensor: try read(stored, shape))
    }
    return try parameters?.add(parts) ?? Tensor.cat(parts.map(\.tensor))
  }

  private func read(_ name: String, _ shape: [Int]) throws -> Tensor {
    let stored = try weights.tensor(name, shape: shape)
    let fileType: DType =
      switch stored.element {
      case .float16: .float16
      case .bfloat16: .bfloat16
      default: .float32
      }
    let bytes = stored.file.shared
    return try Tensor(sharing: bytes, at: stored.offset, dtype: fileType, shape: shape)
      .to(dtype, device)
  }

  /// Reads the matrix and the bias of a linear layer.
  func linear(_ name: String, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws -> Linear {
    let part = below(name)
    return Linear(
      weight: try part.tensor("weight", [outputs, inputs]),
      bias: bias ? try part.tensor("bias", [outputs]) : nil
    )
  }

  /// Reads several linear layers of the same input as one, whose outputs stand side by side.
  func linear(
    _ names: [String],
    _ inputs: Int,
    _ outputs: Int,
    bias: Bool = true
  ) throws -> Linear {
    Linear(
      weight: try tensor(names.map { $0 + ".weight" }, [outputs, inputs]),
      bias: bias ? try tensor(names.map { $0 + ".bias" }, [outputs]) : nil
    )
  }

  /// Reads the weight and the bias of a layer normalization.
  func layerNorm(_ name: String, _ size: Int, _ epsilon: Double) throws -> LayerNorm {
    let part = below(name)
    return LayerNorm(
      weight: try part.tensor("weight", [size]),
      bias: try part.tensor("bias", [size]),
      epsilon: epsilon
    )
  }

  /// Reads the weight of a root-mean-square normalization.
  func rmsNorm(_ name: String, _ size: Int, _ epsilon: Double) throws -> RMSNorm {
    RMSNorm(weight: try below(name).tensor("weight", [size]), epsilon: epsilon)
  }

  /// The name under which a tensor is stored: BERT's first checkpoints, converted from TensorFlow,
  /// call a norm's weight and bias gamma and beta.
  private func existing(_ name: String) -> String {
    guard !weights.contains(name) else { return name }
    for (new, old) in [
      ("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta"),
    ]
    where name.hasSuffix(new) {
      let candidate = String(name.dropLast(new.count)) + old
      if weights.contains(candidate) { return candidate }
    }
    return name
  }
}

extension MappedFile {
  /// The file's bytes as an array that keeps it mapped.
  fileprivate var shared: SharedArray<UInt8> {
    unsafe withUnsafeBytes { bytes in
      unsafe SharedArray(unsafe: bytes.bindMemory(to: UInt8.self), owner: self)
    }
  }
}
