internal import Glibc
public import VectorCore

extension Tokenizer {
  /// The names of the files that tokenizers are read from.
  public static let fileNames: Set<String> = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model",
  ]

  /// Opens the tokenizer of a model directory.
  ///
  /// Read is `tokenizer.json` where there is one, otherwise `vocab.txt` (WordPiece), `vocab.json` with
  /// `merges.txt` (byte-level BPE) or `spiece.model` (unigram); settings are those in
  /// `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`.
  /// - Parameters:
  ///   - directory: as Hugging Face's `save_pretrained` writes it.
  ///   - unigramEngine: what cuts text for a unigram model. ``UnigramEngine/sentencePiece`` reads
  ///     `spiece.model`, whatever else there is.
  /// - Returns: the tokenizer.
  /// - Throws: ``FileError`` where files are missing or broken, with file and line, or ask for
  ///   something that is not supported, by its name.
  public static func open(
    directory: String,
    unigramEngine: UnigramEngine = .native
  ) throws(FileError) -> Tokenizer {
    let configuration = try TokenizerConfiguration(directory: directory)
    var parts = try parts(directory, configuration, unigramEngine)
    parts.add(try configuration.addedTokens())
    return try Tokenizer(parts, configuration)
  }

  private static func parts(
    _ directory: String,
    _ configuration: TokenizerConfiguration,
    _ unigramEngine: UnigramEngine
  ) throws(FileError) -> TokenizerParts {
    func has(_ name: String) -> Bool { unsafe access("\(directory)/\(name)", F_OK) == 0 }
    let files = VocabularyDirectory(directory: directory, configuration: configuration)
    if unigramEngine == .sentencePiece {
      guard has("spiece.model") else {
        throw FileError(
          .usage,
          path: directory,
          reason: "has no spiece.model, which the unigram engine 'sentencepiece' reads",
          remedy: "leave the engine out, or give a model of the T5 family with this file"
        )
      }
      return try files.unigram(unigramEngine)
    }
    if has("tokenizer.json") {
      return try TokenizerFile(directory: directory, configuration: configuration).parts()
    }
    if has("vocab.txt") { return try files.wordPiece() }
    if has("vocab.json") || has("merges.txt") { return try files.bytePair() }
    if has("spiece.model") { return try files.unigram(unigramEngine) }
    throw FileError(
      .missingInput,
      path: directory,
      reason: "holds no tokenizer.json, vocab.txt, vocab.json with merges.txt, or spiece.model",
      remedy: "give the directory of a model as save_pretrained writes it"
    )
  }
}
