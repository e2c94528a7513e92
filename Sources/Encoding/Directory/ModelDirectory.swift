internal import IndexStore
internal import VectorCore

/// A model's folder: what its files say, before any weight is read.
///
/// Three layouts are known: Hugging Face's `config.json`, the steps of sentence-transformers'
/// `modules.json`, and OpenMatch's `openmatch_config.json` with one encoder or two.
public struct ModelDirectory: Sendable {
  /// Whose files a folder holds.
  public enum Layout: String, Sendable {
    /// `config.json` and weights.
    case huggingFace = "hugging-face"
    /// `modules.json` names transformer, pooling and what follows.
    case sentenceTransformers = "sentence-transformers"
    /// `openmatch_config.json` names pooling, linear layer and normalization.
    case openMatch = "openmatch"
  }

  /// The folder.
  public let path: String
  /// Whose files it holds.
  public let layout: Layout
  /// Whether queries and passages share one encoder.
  public let isTied: Bool
  /// The encoder of queries.
  public let query: EncoderDescription
  /// The encoder of passages; the same as ``query`` but for lengths and prompts where they are tied.
  public let passage: EncoderDescription

  /// Reads the configuration files of a folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - options: what is asked for beyond what the folder says.
  /// - Returns: what the files say.
  /// - Throws: ``FileError`` for folders that lack a file, for malformed and unsupported
  ///   configurations, and where `options` contradict them.
  public static func open(
    _ path: String,
    options: ModelOptions = ModelOptions()
  ) throws -> ModelDirectory {
    if exists(path + "/openmatch_config.json") {
      let folder = try OpenMatchFolder(path)
      let isTied = folder.isTied
      return try make(path, .openMatch, isTied: isTied, options) { (side) throws(FileError) in
        (folder.transformer(for: side), try folder.settings(for: side))
      }
    }
    if exists(path + "/modules.json") {
      let folder = try SentenceTransformersFolder(path)
      return try make(path, .sentenceTransformers, isTied: true, options) { side in
        (folder.transformer, folder.settings(for: side))
      }
    }
    let configuration = path + "/config.json"
    guard exists(configuration) else {
      throw FileError(
        .missingInput,
        path: path,
        reason: exists(path) ? "is no model's folder: it has no config.json" : "no such folder",
        remedy: "give the folder of a model with config.json, weights and tokenizer"
      )
    }
    return try make(path, .huggingFace, isTied: true, options) { _ in
      (path, StoredSettings(path: configuration))
    }
  }

  private static func make(
    _ path: String,
    _ layout: Layout,
    isTied: Bool,
    _ options: ModelOptions,
    _ read: (TextSide) throws(FileError) -> (folder: String, settings: StoredSettings)
  ) throws(FileError) -> ModelDirectory {
    func encoder(_ side: TextSide) throws(FileError) -> EncoderDescription {
      let (folder, settings) = try read(side)
      return try settings.encoder(folder: folder, top: path, side: side, options: options)
    }
    let query = try encoder(.query)
    let passage = try encoder(.passage)
    guard query.dimension == passage.dimension else {
      throw FileError(
        .badData,
        path: path,
        reason: "queries get vectors of \(query.dimension), passages of \(passage.dimension)",
        remedy: "take the two encoders of the same model"
      )
    }
    return ModelDirectory(
      path: path,
      layout: layout,
      isTied: isTied,
      query: query,
      passage: passage
    )
  }

  /// The encoder of one side.
  public func encoder(for side: TextSide) -> EncoderDescription {
    switch side {
    case .query: query
    case .passage: passage
    }
  }

  /// A checksum of one side's weights and settings, as 16 hexadecimal digits: the same tokens give
  /// the same vectors where it is the same.
  ///
  /// Reads all weights once.
  ///
  /// - Returns: the digits.
  /// - Throws: ``FileError`` where a file is missing or damaged.
  public func fingerprint(of side: TextSide) throws -> String {
    let encoder = encoder(for: side)
    var files = [encoder.folder + "/config.json"]
    files += try Weights.open(folder: encoder.folder).files
    for head in encoder.heads {
      guard case .file(let weights) = head.source else { continue }
      files += [head.configuration, weights]
    }
    var summary = "pooling \(encoder.pooling?.rawValue ?? "decoder") normalize \(encoder.normalize)"
    for file in files { summary += " \(try Checksum.of(fileAt: file))" }
    let digits = String(Checksum.of(summary.utf8), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
