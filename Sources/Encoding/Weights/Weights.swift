internal import VectorCore

/// The tensors of a model by name, in whichever files they stand.
struct Weights: Sendable {
  /// The file that users know them by, for messages.
  let path: String
  /// All files that hold tensors.
  let files: [String]
  private let tensors: [String: StoredTensor]

  /// Opens the weights of a model's folder: `model.safetensors` or `pytorch_model.bin`, in one file
  /// or as an index of several; safetensors are preferred.
  ///
  /// - Throws: ``FileError`` where there are none, or where they are damaged.
  static func open(folder: String) throws(FileError) -> Weights {
    for name in [
      "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
      "pytorch_model.bin.index.json",
    ] where exists(folder + "/" + name) {
      return try Weights(file: folder + "/" + name)
    }
    throw FileError(
      .missingInput,
      path: folder,
      reason: "the model has no weights: neither model.safetensors nor pytorch_model.bin is there",
      remedy: "download them, or save the model with save_pretrained in PyTorch"
    )
  }

  /// Opens one file, or one index of several, by its name's ending.
  ///
  /// - Throws: ``FileError`` for damaged files.
  init(file path: String) throws(FileError) {
    self.path = path
    let isIndex = path.hasSuffix(".index.json")
    let isSafe = path.hasSuffix(".safetensors") || path.hasSuffix(".safetensors.index.json")
    func list(_ file: String) throws(FileError) -> [StoredTensor] {
      isSafe
        ? try SafetensorsFile.tensors(of: file) : try TorchCheckpoint.tensors(of: file)
    }
    let listed: [StoredTensor]
    if isIndex {
      (listed, files) = try WeightIndex.open(path, list: list)
    } else {
      files = [path]
      listed = try list(path)
    }
    var tensors: [String: StoredTensor] = [:]
    for tensor in listed {
      guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
        throw FileError(
          .badData,
          path: tensor.file.path,
          place: "tensor \(tensor.name)",
          reason: "it stands in the weights twice",
          remedy: "download or save them again"
        )
      }
    }
    self.tensors = tensors
  }

  /// The names of all tensors.
  var names: some Collection<String> { tensors.keys }

  /// Whether a tensor is there.
  func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// A tensor as it is stored, whatever its shape and type.
  subscript(name: String) -> StoredTensor? { tensors[name] }

  /// A tensor, whose shape must be the one that the configuration promises.
  ///
  /// - Throws: ``FileError`` where it is missing, has another shape, or holds no floats.
  func tensor(_ name: String, shape: [Int]) throws(FileError) -> StoredTensor {
    guard let tensor = tensors[name] else {
      throw FileError(
        .badData,
        path: path,
        place: "tensor \(name)",
        reason: "it is missing, but the configuration asks for \(StoredTensor.shown(shape))",
        remedy: "take config.json and weights of the same model"
      )
    }
    guard tensor.shape == shape else {
      throw FileError(
        .badData,
        path: tensor.file.path,
        place: "tensor \(name)",
        reason: "its shape is \(StoredTensor.shown(tensor.shape)), but the configuration asks for "
          + StoredTensor.shown(shape),
        remedy: "take config.json and weights of the same model"
      )
    }
    switch tensor.element {
    case .float32, .float16, .bfloat16: return tensor
    default:
      throw FileError(
        .badData,
        path: tensor.file.path,
        place: "tensor \(name)",
        reason: "its type \(tensor.element.rawValue) is none of F32, F16, BF16",
        remedy: "save the model as F32"
      )
    }
  }
}
