internal import Torch
internal import VectorCore

/// Writes a transformer as Hugging Face has it: `config.json` and `model.safetensors`.
///
/// Tensors get the names of the bare model, whatever the file had them under, and what no vector
/// needs is left out: the output layers of language models, copies of the vocabulary, and the decoder
/// where the encoder represents.
struct TransformerWriter {
  let encoder: EncoderDescription
  let changes: WeightChanges
  /// What is to be added to `config.json`.
  var configuration: [JSONMember] = []

  /// Writes the two files.
  ///
  /// - Throws: ``FileError``; `TorchError`.
  func write(to folder: String) throws {
    try SafetensorsWriter.write(tensors(), to: folder + "/model.safetensors")
    let source = encoder.folder + "/config.json"
    guard case .object(var members) = try JSON.contents(of: source) else {
      throw FileError(.badData, path: source, reason: "is no object")
    }
    let added = [JSONMember("architectures", .list([.text(className)]))] + configuration
    // Newer releases of Hugging Face's library call the type dtype.
    let names = added.map(\.name) + (added.contains { $0.name == "torch_dtype" } ? ["dtype"] : [])
    members.removeAll { names.contains($0.name) }
    try JSON.object(members + added).write(to: folder + "/config.json")
  }

  /// The tensors under the names of the bare model.
  ///
  /// - Throws: ``FileError`` where the stored ones are damaged.
  func tensors() throws(FileError) -> [String: SafetensorsWriter.Content] {
    let weights = try Weights.open(folder: encoder.folder)
    let prefix = try prefix(of: weights)
    var tensors: [String: SafetensorsWriter.Content] = [:]
    for name in weights.names where name.hasPrefix(prefix) {
      guard let stored = weights[name] else { continue }
      let own = String(name.dropFirst(prefix.count))
      guard isNeeded(own) else { continue }
      let content: SafetensorsWriter.Content =
        changes.transformer[name].map { .tensor($0) } ?? .stored(stored)
      tensors[Self.modern(own)] = content
    }
    if tensors["shared.weight"] != nil {
      tensors["encoder.embed_tokens.weight"] = nil
      tensors["decoder.embed_tokens.weight"] = nil
    }
    return tensors
  }

  private var isT5: Bool {
    if case .t5 = encoder.backbone.layers { true } else { false }
  }

  /// The beginning of the names, where the model stood inside of another.
  private func prefix(of weights: Weights) throws(FileError) -> String {
    let anchor = isT5 ? "encoder.final_layer_norm.weight" : "embeddings.word_embeddings.weight"
    return try WeightReader(weights, dtype: .float32, device: .cpu).below(anchor: anchor).prefix
  }

  private func isNeeded(_ name: String) -> Bool {
    let part = name.prefix { $0 != "." }
    let parts: [Substring] =
      isT5
      ? ["shared", "encoder"] + (encoder.pooling == nil ? ["decoder"] : [])
      : ["embeddings", "encoder", "pooler", "transformer"]
    // Positions are counted, not learned; older releases stored the count.
    return parts.contains(part) && name != "embeddings.position_ids"
  }

  /// The name of today for one of BERT's first checkpoints.
  private static func modern(_ name: String) -> String {
    for (old, new) in [
      ("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias"),
    ]
    where name.hasSuffix(old) {
      return name.dropLast(old.count) + new
    }
    return name
  }

  /// The class of Hugging Face's that the files are those of.
  var className: String {
    let kind =
      switch encoder.modelType {
      case "roberta": "Roberta"
      case "xlm-roberta": "XLMRoberta"
      case "distilbert": "DistilBert"
      case "t5": "T5"
      case "mt5": "MT5"
      default: "Bert"
      }
    return kind + (isT5 && encoder.pooling != nil ? "EncoderModel" : "Model")
  }
}

extension JSON {
  /// The configuration files of models hold a few kilobytes.
  private static let sizeLimit = 64 << 20

  /// Reads a configuration file.
  ///
  /// - Throws: ``FileError`` where it is missing, too large or malformed.
  static func contents(of path: String) throws(FileError) -> JSON {
    let file = try MappedFile(path: path)
    guard file.count <= sizeLimit else {
      throw FileError(
        .badData,
        path: path,
        reason: "\(file.count) bytes are too many for a configuration"
      )
    }
    do throws(Malformed) {
      return try JSON(parsing: file.bytes(0..<file.count))
    } catch {
      throw FileError(
        .badData,
        path: path,
        place: "byte \(error.offset)",
        reason: error.reason,
        remedy: "repair this file or download it again"
      )
    }
  }

  /// Writes a configuration file, which appears when it is whole.
  ///
  /// - Throws: ``FileError`` where it cannot be written.
  func write(to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.write(Array(indented.utf8))
    try file.commit()
  }
}
