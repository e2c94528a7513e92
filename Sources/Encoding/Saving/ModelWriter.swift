internal import Torch
package import VectorCore

/// Writes a model's folder, in any of the layouts that ``ModelDirectory`` reads.
///
/// The folder appears under its name when all of it is there, or not at all.
public struct ModelWriter: Sendable {
  /// The folder that configuration, tokenizer and all weights that did not change come from.
  public let source: ModelDirectory
  /// What the new folder is to say.
  public var properties: ModelProperties
  /// What takes the place of stored weights; a tied model's are the passages'.
  public var changes: [TextSide: WeightChanges] = [:]
  /// What is to be added to the transformers' `config.json`.
  package var configuration: [JSONMember] = []

  /// Copies a model as it was opened.
  public init(_ source: ModelDirectory) {
    self.source = source
    properties = ModelProperties(of: source)
  }

  /// Writes the folder.
  ///
  /// - Parameters:
  ///   - path: the folder; it is not there, or empty.
  ///   - layout: whose files it is to hold.
  /// - Returns: what the layout cannot say, a sentence each, though the vectors of the same text are
  ///   the same.
  /// - Throws: ``FileError`` of ``FailureKind/usage`` where the layout cannot hold the model, other
  ///   ones where files cannot be read or written; `TorchError`.
  @discardableResult
  public func write(to path: String, as layout: ModelDirectory.Layout) throws -> [String] {
    try write(to: path, as: layout) { _ in }
  }

  /// Writes the folder after `finishing` has seen it under another name, and added files or refused
  /// it.
  @discardableResult
  package func write(
    to path: String,
    as layout: ModelDirectory.Layout,
    finishing: (String) throws -> Void
  ) throws -> [String] {
    let folder = try AtomicFolder(path: path)
    switch layout {
    case .openMatch: try writeOpenMatch(folder.temporary)
    case .sentenceTransformers: try writeSentenceTransformers(folder.temporary)
    case .huggingFace: try writeHuggingFace(folder.temporary)
    }
    try finishing(folder.temporary)
    try folder.commit()
    return notes(layout)
  }

  /// Writes one side's transformer and, beside it, the tokenizer.
  func writeTransformer(_ side: TextSide, to folder: String) throws {
    let writer = transformer(side)
    try writer.write(to: folder)
    try Tokenizers.copy(from: writer.encoder.tokenizerFolder, to: folder)
  }

  func transformer(_ side: TextSide) -> TransformerWriter {
    TransformerWriter(
      encoder: source.encoder(for: side),
      changes: changes[side] ?? WeightChanges(),
      configuration: configuration
    )
  }

  /// The linear layers of one side with their values.
  ///
  /// - Throws: ``FileError`` where stored ones are damaged; `TorchError`.
  func heads(_ side: TextSide) throws -> [(description: HeadDescription, linear: Linear)] {
    let changed = changes[side]?.heads ?? []
    let descriptions = source.encoder(for: side).heads
    return try descriptions.enumerated().map { place, description in
      if changed.indices.contains(place), let weight = changed[place]["weight"] {
        return (description, Linear(weight: weight, bias: changed[place]["bias"]))
      }
      return (description, try Head(description, device: .cpu, parameters: nil).linear)
    }
  }

  /// The error of a layout that cannot hold the model.
  func refused(_ layout: ModelDirectory.Layout, _ what: String, _ remedy: String) -> FileError {
    FileError(
      .usage,
      path: source.path,
      reason: "the layout '\(layout.rawValue)' has no place for \(what)",
      remedy: remedy
    )
  }

  private func notes(_ layout: ModelDirectory.Layout) -> [String] {
    guard layout != .openMatch else { return [] }
    var notes: [String] = []
    let sides: [(String, ModelProperties.Side)] = [
      ("queries", properties.query), ("passages", properties.passage),
    ]
    for (name, side) in sides {
      guard let template = side.template, !template.isEmpty else { continue }
      notes.append("the template of \(name) is not stored: \(template)")
    }
    if layout == .huggingFace {
      notes.append(
        "pooling is not stored: \(properties.pooling?.rawValue ?? "the decoder's state")"
      )
      if properties.normalize { notes.append("it is not stored that vectors have length 1") }
    }
    if properties.query.maxLength != properties.passage.maxLength || layout == .huggingFace {
      notes.append(
        "lengths are not stored by side: queries have \(properties.query.maxLength) tokens, "
          + "passages \(properties.passage.maxLength)"
      )
    }
    return notes
  }
}

/// The files of tokenizers.
enum Tokenizers {
  private static let names = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model",
  ]

  /// Copies those that are there.
  ///
  /// - Throws: ``FileError`` where one cannot be read or written.
  static func copy(from source: String, to target: String) throws {
    for name in names where exists(source + "/" + name) {
      let contents = try MappedFile(path: source + "/" + name)
      var file = try AtomicFile(path: target + "/" + name)
      try unsafe contents.withUnsafeBytes { try unsafe file.write(unsafe: $0) }
      try file.commit()
    }
  }
}
